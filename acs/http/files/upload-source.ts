import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { StewardError } from "../../../kernel/errors.ts";

/** The content that a CPE sends, and the name it gives it. */
export interface UploadSource {
  content: AsyncIterable<Uint8Array>;
  name?: string;
}

/**
 * The body as it is or, where a CPE posts a form, the form's first file. Reading it never destroys the request, so that
 * a refusal can still be answered.
 */
export function uploadSourceOf(request: IncomingMessage): Promise<UploadSource> {
  return /^\s*multipart\/form-data/i.test(request.headers["content-type"] ?? "")
    ? firstFile(request)
    : Promise.resolve({ content: request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array> });
}

const broken = (cause: unknown): StewardError =>
  new StewardError("argument.invalid", "the form cannot be read", { cause });

async function* piecesOf(content: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* content.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw broken(cause);
  }
}

function firstFile(request: IncomingMessage): Promise<UploadSource> {
  return new Promise((resolve, reject) => {
    let parser: ReturnType<typeof busboy>;
    try {
      parser = busboy({ headers: request.headers, limits: { files: 1, parts: 32, fields: 32, fieldSize: 65_536 } });
    } catch (error) {
      return reject(broken(error));
    }
    parser.on("file", (_field, content: Readable, { filename }) => {
      // A form may break off before anybody reads it; whoever does hears of it then.
      content.on("error", () => undefined);
      resolve({ content: piecesOf(content), ...(filename ? { name: filename } : {}) });
    });
    pipeline(request, parser).then(
      () => reject(new StewardError("argument.invalid", "the form holds no file")),
      (error: unknown) => reject(broken(error)),
    );
  });
}
