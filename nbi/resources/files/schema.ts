import {
  id,
  instant,
  integer,
  type JsonSchema,
  list,
  object,
  page,
  paging,
  type Shape,
  text,
} from "../../http/schema.ts";
import { canSchema } from "../../policy.ts";

const word = text({ min: 1, max: 64 });
const sha256 = text({ min: 64, max: 64, pattern: "^[0-9A-Fa-f]{64}$" });
const size = integer(0, Number.MAX_SAFE_INTEGER);
const name = text({ min: 1, max: 128 });

const fit = { manufacturer: word, oui: word, productClass: word, modelName: word, hardwareVersion: word };
const fitSchema = object({}, fit, "FileFit");

export const fileSchema = object(
  { id, name: text(), fileType: text(), size, sha256, createdAt: instant, createdBy: text(), can: canSchema },
  { version: text(), fits: list(fitSchema), deviceId: id, operationId: id },
  "File",
);
export type FileBody = Shape<typeof fileSchema>;
export const filePage = page("FilePage", fileSchema);

export const fileQuery = object({}, { ...paging, fileType: word, name, deviceId: id, operationId: id });

const optional = { name, version: word, sha256, size, ...fit };

/** What comes with a content: as query parameters of a raw upload, as fields before the content of a multipart one. */
export const newFileSchema = object({ fileType: word }, optional, "NewFile");
export type NewFileBody = Shape<typeof newFileSchema>;
/** A multipart upload may say all of it in its fields. */
export const uploadQuery = object({}, { fileType: word, ...optional });

export const multipartSchema: JsonSchema = {
  type: "object",
  description: "The fields of NewFile, then the part content",
  properties: { ...newFileSchema.properties, content: { type: "string", format: "binary" } },
  required: ["fileType", "content"],
};
