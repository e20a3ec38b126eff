import type { FileDocument } from "../../../fleet/files/model.ts";
import type { Instant } from "../../../kernel/time.ts";
import { defined } from "../../http/defined.ts";
import { toIso } from "../../http/instant.ts";
import { canOf } from "../../policy.ts";
import { type FileState, fileActions } from "./policy.ts";
import type { FileBody } from "./schema.ts";

export interface FileView extends FileState {
  readonly grants: readonly string[];
  readonly now: Instant;
}

export const presentFile = (file: FileDocument, { grants, now, isInUse }: FileView): FileBody =>
  defined({
    id: file._id,
    name: file.name,
    fileType: file.fileType,
    version: file.version,
    fits: file.fits?.map((fit) => ({ ...fit })),
    size: file.size,
    sha256: file.sha256,
    deviceId: file.deviceId,
    operationId: file.operationId,
    createdAt: toIso(file.createdAt),
    createdBy: file.createdBy,
    can: canOf(fileActions, { isInUse }, grants, now),
  });
