import type { OperationDocument } from "../../fleet/operations/model.ts";
import type { ParameterRecord } from "../../fleet/parameters/model.ts";
import { StewardError } from "../../kernel/errors.ts";
import { procedures } from "../procedures/index.ts";
import type { FileLocation } from "../procedures/procedure.ts";
import type { ConversationDependencies } from "./dependencies.ts";
import type { Live, Run } from "./live.ts";

/** `undefined` for an operation without progress, or with one that an earlier Steward wrote otherwise. */
export function progressOf(operation: OperationDocument): unknown {
  if (operation.progress === undefined) return undefined;
  try {
    return JSON.parse(operation.progress) as unknown;
  } catch {
    return undefined;
  }
}

/** Gathers what the procedure of an operation may ask of us: stored records, a file's location, another operation. */
export async function prepareRun(
  deps: ConversationDependencies,
  live: Live,
  operation: OperationDocument,
): Promise<Run> {
  const procedure = procedures[operation.request.kind];
  const file = await fileOf(deps, live, operation);
  const target = await targetOf(deps, operation);
  return {
    operation,
    procedure,
    progress: progressOf(operation),
    begun: false,
    stale: false,
    known: await knownOf(deps, live, procedure.needs?.(operation.request, operation.typing) ?? []),
    ...(file ? { file } : {}),
    ...(target ? { target } : {}),
  };
}

const NOTHING: ReadonlyMap<string, ParameterRecord> = new Map();

async function knownOf(
  { fleet }: ConversationDependencies,
  { device }: Live,
  paths: readonly string[],
): Promise<ReadonlyMap<string, ParameterRecord>> {
  if (!device || paths.length === 0) return NOTHING;
  const records = await fleet.parameters.read(device, paths);
  return new Map(records.map((record) => [record.path, record]));
}

async function fileOf(
  { fileUrls }: ConversationDependencies,
  { device }: Live,
  { _id, request }: OperationDocument,
): Promise<FileLocation | undefined> {
  if (!device) return undefined;
  try {
    if (request.kind === "download" && request.fileId !== undefined) {
      return await fileUrls.download(request.fileId, device._id);
    }
    if (request.kind === "upload" && request.url === undefined) {
      const location = await fileUrls.upload(device._id, _id, request.fileType);
      return { ...location, received: await fileUrls.received(_id) };
    }
  } catch (error) {
    // The procedure tells that there is no such file.
    if (error instanceof StewardError && error.code === "resource.notFound") return undefined;
    throw error;
  }
  return undefined;
}

const targetOf = async (
  { fleet }: ConversationDependencies,
  { request, deviceId }: OperationDocument,
): Promise<OperationDocument | undefined> => {
  if (request.kind !== "cancelTransfer") return undefined;
  const target = await fleet.operations.get(request.operationId);
  return target?.deviceId === deviceId ? target : undefined;
};
