import type { IncomingMessage } from "node:http";
import type { ByteSource } from "../../../fleet/files/content.ts";
import type { FileDocument, FileFit, NewFile } from "../../../fleet/files/model.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { seconds } from "../../../kernel/time.ts";
import { sendContinue } from "../../../platform/http/expectation.ts";
import { defined } from "../../http/defined.ts";
import { receiveFile } from "../../http/multipart.ts";
import { Validator } from "../../http/validator.ts";
import { type NewFileBody, newFileSchema } from "./schema.ts";

type Store = (content: ByteSource, file: NewFile) => Promise<FileDocument>;

const fields = new Validator();
/** An upload may take long, but not stand still. */
const IDLE = seconds(60);

function newFile({ fileType, version, sha256, size, ...rest }: NewFileBody, fileName: string | undefined): NewFile {
  const { name = fileName ?? "file", manufacturer, oui, productClass, modelName, hardwareVersion } = rest;
  const fit: FileFit = defined({ manufacturer, oui, productClass, modelName, hardwareVersion });
  return defined({
    name,
    fileType,
    version,
    expectedSize: size,
    expectedSha256: sha256,
    fits: Object.keys(fit).length === 0 ? undefined : [fit],
  });
}

/** A raw body or a multipart form, streamed to `store`; nothing of it is held in memory. */
export function receiveUpload(
  request: IncomingMessage,
  query: Partial<NewFileBody>,
  store: Store,
): Promise<FileDocument> {
  request.setTimeout(IDLE, () => request.destroy());
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
    throw new StewardError("mediaType.unsupported", "a file is sent as it is, without a content coding");
  }
  if (mediaType === "multipart/form-data") {
    sendContinue(request);
    return receiveFile(request, "content", ({ content, fields: given, fileName }) =>
      checked("form", { ...query, ...given }, (file) => store(content, newFile(file, fileName))),
    );
  }
  if (mediaType !== "application/octet-stream") {
    throw new StewardError("mediaType.unsupported", "send application/octet-stream or multipart/form-data");
  }
  return checked("query", query, (file) => {
    sendContinue(request);
    // The connection is still needed for the answer when the content is refused half-way.
    return store(request.iterator({ destroyOnReturn: false }), newFile(file, undefined));
  });
}

async function checked(
  place: "query" | "form",
  given: Partial<NewFileBody>,
  store: (file: NewFileBody) => Promise<FileDocument>,
): Promise<FileDocument> {
  return store(fields.require(place, newFileSchema, given as NewFileBody));
}
