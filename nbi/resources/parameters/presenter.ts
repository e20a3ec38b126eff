import type { ParameterRecord } from "../../../fleet/parameters/model.ts";
import { toJson } from "../../../kernel/value.ts";
import { defined } from "../../http/defined.ts";
import { isoOf } from "../../http/instant.ts";
import type { ParameterFacts } from "../../ports.ts";
import type { ParameterBody } from "./schema.ts";

export function presentParameter(record: ParameterRecord, facts: ParameterFacts | undefined): ParameterBody {
  const { path, type, value, writable, notification, accessList, readAt, source, state } = record;
  const shown = value === undefined || facts?.hidden === true ? undefined : toJson({ type: type ?? "string", value });
  return defined({
    path,
    value: shown,
    type,
    writable,
    notification,
    accessList: accessList === undefined ? undefined : [...accessList],
    readAt: isoOf(readAt),
    source,
    state,
    model: facts === undefined ? undefined : presentFacts(facts),
  });
}

const presentFacts = ({ type, unit, writable, description, limits, hidden }: ParameterFacts) =>
  defined({ type, unit, writable, description, limits: limits === undefined ? undefined : [...limits], hidden });
