/** The processes that Steward consists of; `all` is the all-in-one. */
export const processNames = ["acs", "worker", "nbi", "ipdr", "all"] as const;
export type ProcessName = (typeof processNames)[number];

/** What was written, before its meaning: text (environment, file) or a list of texts (a JSON array in the file). */
export type RawSetting = string | readonly string[];

export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

export interface SettingType<T> {
  /** For the docs and for error texts: `duration (500ms, 30s, 5m, 12h, 7d)`. */
  readonly label: string;
  parse(raw: RawSetting): Parsed<T>;
}

export interface Setting<T = unknown> {
  /** The environment variable. */
  readonly name: `STEWARD_${string}`;
  readonly type: SettingType<T>;
  /** As one would write it in the environment. Without one the setting is absent unless given. */
  readonly default?: string;
  readonly doc: string;
  /** Never logged or shown; may also be given as a file's path in `NAME_FILE`. */
  readonly secret?: true;
  readonly processes: readonly ProcessName[];
}

/** Settings by their key, which is also their place in the configuration file: `acs.listen` is `{"acs": {"listen": …}}`. */
export type SettingTable = Readonly<Record<string, Setting>>;

type ValueOf<S> = S extends { type: SettingType<infer T> }
  ? S extends { default: string }
    ? T
    : T | undefined
  : never;

/** The values of a table, by key. */
export type ValuesOf<T extends SettingTable> = { readonly [K in keyof T]: ValueOf<T[K]> };
