import type { OperationOptions } from "../../../fleet/door.ts";
import type { OperationRequest, WriteItem } from "../../../fleet/operations/model.ts";
import type { Instant } from "../../../kernel/time.ts";
import { lexicalFromJson } from "../../../kernel/value.ts";
import { defined } from "../../http/defined.ts";
import { instantIn } from "../../http/instant.ts";
import { invalid, type ProblemItem } from "../../http/problem.ts";
import type { RequestBody } from "./request-schema.ts";
import type { NewOperationBody } from "./schema.ts";

type JsonItem = Extract<RequestBody, { kind: "write" }>["values"][number];

/** A number that JSON cannot carry exactly must come as text. */
const isExact = (value: unknown): boolean =>
  typeof value !== "number" || (Math.abs(value) <= Number.MAX_SAFE_INTEGER && !/e/i.test(String(value)));

/** Parameters have the characters of XML (1.0 §2.2): any other would reach the device as U+FFFD. */
const CARRIED = /^[\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

function mistakeIn(value: JsonItem["value"]): string | undefined {
  if (!isExact(value)) return "this number is not exact in JSON: send it as text";
  return typeof value === "string" && !CARRIED.test(value)
    ? "this text has characters that XML does not have"
    : undefined;
}

function writeItems(values: readonly JsonItem[]): WriteItem[] {
  const mistakes: ProblemItem[] = [];
  const items = values.map(({ path, value, type }, at) => {
    const detail = mistakeIn(value);
    if (detail !== undefined) mistakes.push({ pointer: `/values/${at}/value`, detail });
    return defined({ path, value: lexicalFromJson(value) ?? "", type });
  });
  if (mistakes.length > 0) throw invalid(mistakes);
  return items;
}

/** What the schema cannot say: names of parameters, where a file comes from. */
function mistakesOf(body: RequestBody): ProblemItem[] {
  switch (body.kind) {
    case "write":
      return body.values.flatMap(({ path }, at) =>
        path.endsWith(".") || path.includes("*")
          ? [{ pointer: `/values/${at}/path`, detail: "write names single parameters" }]
          : [],
      );
    case "setAttributes":
      return body.attributes.flatMap(({ notification, accessList }, at) =>
        notification === undefined && accessList === undefined
          ? [{ pointer: `/attributes/${at}`, detail: "notification or accessList is needed" }]
          : [],
      );
    case "download":
      return (body.fileId === undefined) === (body.url === undefined)
        ? [{ pointer: "", detail: "either fileId or url is needed" }]
        : [];
    default:
      return [];
  }
}

export function toRequest(operation: NewOperationBody): OperationRequest {
  const { options: _options, ...body } = operation;
  const request = body as RequestBody;
  const mistakes = mistakesOf(request);
  if (mistakes.length > 0) throw invalid(mistakes);
  if (request.kind === "write") return { ...request, values: writeItems(request.values) };
  if (request.kind !== "create") return request;
  const { kind, path, values } = request;
  return defined({ kind, path, values: values === undefined ? undefined : writeItems(values) });
}

export function toOptions(
  { options = {} }: NewOperationBody,
  idempotencyKey: string | undefined,
  now: Instant,
): OperationOptions {
  const { priority, wake, maxAttempts } = options;
  const notBefore = instantIn(options.notBefore);
  const expiresAt = instantIn(options.expiresAt);
  if (expiresAt !== undefined && expiresAt <= Math.max(now, notBefore ?? now)) {
    throw invalid([{ pointer: "/options/expiresAt", detail: "expiresAt must lie in the future, after notBefore" }]);
  }
  return defined({ priority, wake, maxAttempts, notBefore, expiresAt, idempotencyKey });
}
