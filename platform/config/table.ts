import { acsSettings, wakeSettings } from "./sections/acs.ts";
import { apiSettings } from "./sections/api.ts";
import { sharedSettings } from "./sections/shared.ts";
import type { SettingTable, ValuesOf } from "./setting.ts";

/** The sections in the order of the docs. */
export const sections = {
  "Data, engines, operation": sharedSettings,
  "The ACS": acsSettings,
  "Waking devices": wakeSettings,
  "API, console, files": apiSettings,
} as const satisfies Record<string, SettingTable>;

/** Every setting there is. A new one is one entry in one section. */
export const settings = { ...sharedSettings, ...acsSettings, ...wakeSettings, ...apiSettings };

/** `config["acs.listen"].port` */
export type Config = ValuesOf<typeof settings>;
