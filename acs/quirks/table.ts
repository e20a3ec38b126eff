import { seconds } from "../../kernel/time.ts";
import type { QuirkRule } from "./rule.ts";

/**
 * What is known of models in the field (specs/cwmp §9, §10); later rules win. A new one is an entry here, or in the file
 * that the configuration names.
 */
export const knownQuirks: readonly QuirkRule[] = [
  {
    match: { manufacturer: "TP-Link*" },
    quirks: { dialect: { booleanValues: "1/0" } },
    because: "the W9970 takes only 0 and 1 for booleans (genieacs/issues/228)",
  },
  {
    match: { manufacturer: "Sagemcom*" },
    quirks: { discovery: "level" },
    because: "refuses to name the whole tree at once (genieacs/issues/74)",
  },
  {
    match: { manufacturer: "Grandstream*" },
    quirks: { namesPerRead: 16, maxNamesPerRead: 32 },
    because: "9002 or 9004 for 32 names in one GetParameterValues (genieacs/issues/150)",
  },
  {
    match: { manufacturer: "DrayTek*" },
    quirks: { discovery: "level", parametersPerRead: 100, inactivity: seconds(120) },
    because: "a full refresh reboots some Vigor models (genieacs-gui/issues/78)",
  },
  {
    match: { manufacturer: "Zhone*" },
    quirks: { discovery: "whole" },
    because: "NextLevel=true is not answered for the WANDevice objects",
  },
  {
    match: { manufacturer: "Comtrend*" },
    quirks: { inactivity: seconds(180) },
    because: "takes about 90 s over a large GetParameterValues (genieacs/issues/131)",
  },
];
