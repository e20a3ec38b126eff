import { isInstanceElement } from "../kernel/path.ts";
import type { ParameterType } from "../kernel/value.ts";

/** What is known of one name of a device. A `ParameterRecord` of the fleet is one. */
export interface KnownItem {
  readonly path: string;
  readonly type?: ParameterType;
  readonly value?: string;
  readonly writable?: boolean;
}

/** Looking through all paths for one object is quicker than an index of all, as long as that happens seldom. */
const LOOKS_BEFORE_INDEX = 24;

/** What a device was seen to have, for checks that need more than the model: rows, values of other parameters, types. */
export class KnownTree {
  readonly #items = new Map<string, KnownItem>();
  readonly #looked = new Map<string, boolean | readonly string[]>();
  #rows: Map<string, Set<string>> | undefined;
  #objects: Set<string> | undefined;

  constructor(items: Iterable<KnownItem>) {
    for (const item of items) this.#items.set(item.path, item);
  }

  get size(): number {
    return this.#items.size;
  }

  get(path: string): KnownItem | undefined {
    return this.#items.get(path);
  }

  paths(): IterableIterator<string> {
    return this.#items.keys();
  }

  /** Whether the device was seen to have this parameter, or anything in this object. */
  has(path: string): boolean {
    if (this.#items.has(path)) return true;
    if (!path.endsWith(".")) return false;
    if (this.#objects === undefined && this.#looked.size < LOOKS_BEFORE_INDEX)
      return this.#look(`has ${path}`, () => this.#lookFor(path));
    this.#objects ??= this.#indexObjects();
    return this.#objects.has(path);
  }

  /** The rows seen in `Device.WiFi.SSID.`, as `Device.WiFi.SSID.1.`. */
  rows(table: string): readonly string[] {
    if (this.#rows === undefined && this.#looked.size < LOOKS_BEFORE_INDEX)
      return this.#look(`rows ${table}`, () => this.#lookForRows(table));
    this.#rows ??= this.#indexRows();
    return [...(this.#rows.get(table) ?? [])];
  }

  #look<T extends boolean | readonly string[]>(question: string, look: () => T): T {
    const answer = (this.#looked.get(question) as T | undefined) ?? look();
    this.#looked.set(question, answer);
    return answer;
  }

  #lookFor(object: string): boolean {
    for (const path of this.#items.keys()) if (path.startsWith(object)) return true;
    return false;
  }

  #lookForRows(table: string): readonly string[] {
    const rows = new Set<string>();
    for (const path of this.#items.keys()) {
      if (!path.startsWith(table)) continue;
      const dot = path.indexOf(".", table.length);
      if (dot > 0 && isInstanceElement(path.slice(table.length, dot))) rows.add(path.slice(0, dot + 1));
    }
    return [...rows];
  }

  /** Resolves `[alias]` elements to instance numbers where the alias is known. */
  resolveAliases(path: string): string {
    if (!path.includes("[")) return path;
    let resolved = "";
    for (const element of path.split(".")) {
      const alias = /^\[([^\]]+)\]$/.exec(element)?.[1];
      const row =
        alias && this.rows(resolved).find((candidate) => this.#items.get(`${candidate}Alias`)?.value === alias);
      resolved = row ?? `${resolved}${element}.`;
    }
    return resolved.slice(0, -1);
  }

  #indexRows(): Map<string, Set<string>> {
    const rows = new Map<string, Set<string>>();
    for (const path of this.#items.keys()) {
      let start = 0;
      for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", start)) {
        if (start > 0 && isInstanceElement(path.slice(start, dot))) {
          const table = path.slice(0, start);
          const known = rows.get(table) ?? new Set<string>();
          rows.set(table, known.add(path.slice(0, dot + 1)));
        }
        start = dot + 1;
      }
    }
    return rows;
  }

  #indexObjects(): Set<string> {
    const objects = new Set<string>();
    for (const path of this.#items.keys()) {
      for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) objects.add(path.slice(0, dot + 1));
    }
    return objects;
  }
}
