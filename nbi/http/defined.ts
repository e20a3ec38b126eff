type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };
type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** The same without the fields that are undefined. */
export const defined = <T extends Record<string, unknown>>(fields: T): Required<T> & Optional<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Required<T> & Optional<T>;
