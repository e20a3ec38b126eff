import { type Duration, seconds } from "../../kernel/time.ts";
import type { Dialect } from "../soap/dialect.ts";

/** How one model differs from the standard, or from what suits most. Resolved once per session. */
export interface Quirks {
  /** Framing of what we send. */
  readonly dialect: Partial<Dialect>;
  /** T of specs §1.7 for a CPE that names none. */
  readonly inactivity: Duration;
  /** What ends a session: 204, or 200 with an empty body. */
  readonly ending: "204" | "200";
  /** The CPE wants one more empty exchange before the end. */
  readonly extraEmptyPost: boolean;
  /** GetParameterNames of a whole subtree at once, or level by level. */
  readonly discovery: "whole" | "level";
  /** GetParameterValues of objects, or only of parameters by their full names. */
  readonly readBy: "objects" | "names";
  /** Names in one GetParameterValues: at first, and at most. */
  readonly namesPerRead: number;
  readonly maxNamesPerRead: number;
  /** Parameters that one GetParameterValues of partial paths may bring. */
  readonly parametersPerRead: number;
  /** Whether written values are read back in the same session. */
  readonly readBack: boolean;
  /** Downloads finish within the DownloadResponse: one that is not in the queue may have been carried out. */
  readonly synchronousDownloads: boolean;
  /** A download whose completion never came counts as done when its time is up. */
  readonly downloadDoneOnTimeout: boolean;
}

export const standardQuirks: Quirks = {
  dialect: {},
  inactivity: seconds(60),
  ending: "204",
  extraEmptyPost: false,
  discovery: "whole",
  readBy: "objects",
  namesPerRead: 64,
  maxNamesPerRead: 100,
  parametersPerRead: 400,
  readBack: true,
  synchronousDownloads: false,
  downloadDoneOnTimeout: false,
};
