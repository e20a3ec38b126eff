/** A fault that was asked for, and how often it is still to be given. */
export interface OrderedFault {
  readonly code: number;
  readonly times: number;
}

/** The faults that one CPE was told to give, by method or by parameter name. */
export class OrderedFaults {
  readonly #left = new Map<string, { code: number; times: number }>();

  constructor(faults: Readonly<Record<string, OrderedFault>> = {}) {
    for (const [key, { code, times }] of Object.entries(faults)) this.#left.set(key, { code, times });
  }

  /** The fault for this method or parameter now, if one was asked for; it counts as given. */
  take(key: string): number | undefined {
    const fault = this.#left.get(key);
    if (fault === undefined || fault.times <= 0) return undefined;
    fault.times -= 1;
    return fault.code;
  }

  /** The same for the first of these names that has one. */
  takeAny(names: readonly string[]): number | undefined {
    if (this.#left.size === 0) return undefined;
    for (const name of names) {
      const code = this.take(name);
      if (code !== undefined) return code;
    }
    return undefined;
  }
}
