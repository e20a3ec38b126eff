import {
  MongoAPIError,
  MongoBulkWriteError,
  type MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from "mongodb";
import { StewardError } from "../../../kernel/errors.ts";

/** The server goes away, comes up, is not primary, or could not make the write durable in time. */
const TRANSIENT = new Set([6, 7, 50, 64, 89, 91, 100, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
/** DocumentDB's answer where MongoDB has 11000: an upsert that lost, or a unique index over data that is not. */
const DUPLICATE_TEXT =
  /(?:duplicate|conflicting) key value violates|could not create (?:exclusion constraint|unique index)/;
/** PostgreSQL, below DocumentDB, has undone the statement: it may be sent again. */
const UNDONE_TEXT = /deadlock detected|could not serialize access/;
/** The same of one write among others, whose code is PostgreSQL's SQLSTATE: 40001 and 40P01, six bits a character. */
const UNDONE_STATES = new Set<unknown>([16_777_220, 16_908_292]);
const INTERNAL_ERROR = 1;
const IMMUTABLE_FIELD = 66;

export interface ServerAnswer {
  readonly code?: number | string | undefined;
  readonly message?: string | undefined;
  readonly errmsg?: string | undefined;
}

const textOf = ({ errmsg, message }: ServerAnswer): string => errmsg ?? message ?? "";

export const isDuplicateKey = (answer: ServerAnswer): boolean =>
  answer.code === 11000 ||
  answer.code === 11001 ||
  (answer.code === INTERNAL_ERROR && DUPLICATE_TEXT.test(textOf(answer)));

/** Whether the server has undone what it was asked, because others wrote at the same time. */
export const isUndone = (answer: ServerAnswer): boolean =>
  UNDONE_STATES.has(answer.code) || (answer.code === INTERNAL_ERROR && UNDONE_TEXT.test(textOf(answer)));

/** Whether the broken index is that of the `_id`. */
export const isDuplicateId = (answer: ServerAnswer): boolean =>
  isDuplicateKey(answer) && /index:? ?'?_id_(?:['\s]|$)|collection_pk/i.test(textOf(answer));

/** An upsert that would have had to change the `_id` in order to insert (see `bulk.ts`). */
export const isRefusedInsert = ({ code }: ServerAnswer): boolean => code === IMMUTABLE_FIELD;

export const duplicateKey = (collection: string, cause: unknown): StewardError =>
  new StewardError("engine.duplicateKey", `another document of ${collection} has the same key`, {
    cause,
    details: { collection },
  });

/** The driver refused the request before it sent anything. */
export const isClientSide = (error: unknown): boolean =>
  !isUnavailable(error) &&
  (error instanceof MongoAPIError ||
    error instanceof RangeError ||
    (error instanceof Error && error.name.startsWith("BSON")));

/** Whatever the driver throws, in the two codes of the port; `internal` for a request that the server does not understand. */
export function translate(collection: string, error: unknown): StewardError {
  if (error instanceof StewardError) return error;
  if (error instanceof MongoServerError || error instanceof MongoBulkWriteError)
    return translateAnswer(collection, error);
  if (isUnavailable(error)) return unavailable(error);
  return new StewardError("internal", error instanceof Error ? error.message : String(error), { cause: error });
}

/** The same for one operation's part of a bulk write's answer. */
export function translateAnswer(collection: string, answer: ServerAnswer | MongoError): StewardError {
  if (isDuplicateKey(answer)) return duplicateKey(collection, answer);
  // FerretDB answers InternalError (1) while its own database is away.
  const code = answer.code;
  if (
    isUnavailable(answer) ||
    isUndone(answer) ||
    code === INTERNAL_ERROR ||
    (typeof code === "number" && TRANSIENT.has(code))
  )
    return unavailable(answer);
  return new StewardError("internal", textOf(answer), { cause: answer });
}

export const unavailable = (cause: unknown): StewardError =>
  new StewardError(
    "engine.unavailable",
    `MongoDB is unavailable: ${cause instanceof Error ? cause.message : "no answer"}`,
    { cause },
  );

const UNAVAILABLE_NAMES = new Set([
  "MongoNotConnectedError",
  "MongoTopologyClosedError",
  "MongoServerClosedError",
  "MongoClientClosedError",
  "MongoPoolClosedError",
  "PoolClearedOnNetworkError",
  "MongoWaitQueueTimeoutError",
  "MongoExpiredSessionError",
  "MongoOperationTimeoutError",
]);

const isUnavailable = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  error instanceof MongoServerSelectionError ||
  error instanceof MongoWriteConcernError ||
  (error instanceof Error && UNAVAILABLE_NAMES.has(error.name));
