import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import busboy from "busboy";
import type { ModelFile } from "../../../datamodels/load/loader.ts";
import { importLimits } from "../../../fleet/models/index.ts";
import { StewardError } from "../../../kernel/errors.ts";
import { minutes } from "../../../kernel/time.ts";
import { decodeDocument } from "../../../kernel/xml/charset.ts";
import { sendContinue } from "../../../platform/http/expectation.ts";
import { invalid } from "../../http/problem.ts";

const FALLBACK_NAME = "document.xml";

const TIME_TO_ARRIVE = minutes(2);

/**
 * The documents of an import: the file parts of a multipart form, whatever their field names, or one XML body. Held in memory,
 * at most `importLimits.size` in all; nobody else's import has its turn until they are here.
 */
export async function receiveDocuments(request: IncomingMessage, within = TIME_TO_ARRIVE): Promise<ModelFile[]> {
  let overdue: NodeJS.Timeout | undefined;
  const slow = new Promise<never>((_, reject) => {
    const error = new StewardError("argument.invalid", `the documents did not arrive within ${within / 1000} s`);
    overdue = setTimeout(() => reject(error), within);
  });
  try {
    return await Promise.race([receive(request), slow]);
  } finally {
    clearTimeout(overdue);
  }
}

async function receive(request: IncomingMessage): Promise<ModelFile[]> {
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  const budget = new Budget();
  if (mediaType === "application/xml" || mediaType === "text/xml") {
    sendContinue(request);
    return [{ name: FALLBACK_NAME, text: await readText(request.iterator({ destroyOnReturn: false }), budget) }];
  }
  if (mediaType !== "multipart/form-data") {
    throw new StewardError("mediaType.unsupported", "send multipart/form-data, or one document as application/xml");
  }
  sendContinue(request);
  return receiveForm(request, budget);
}

class Budget {
  #left: number = importLimits.size;

  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new StewardError("body.tooLarge", `more than ${importLimits.size} bytes of XML`);
  }
}

async function readText(source: AsyncIterable<Buffer>, budget: Budget): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) {
    budget.take(chunk.length);
    chunks.push(chunk);
  }
  return decodeDocument(Buffer.concat(chunks)).text;
}

function receiveForm(request: IncomingMessage, budget: Budget): Promise<ModelFile[]> {
  return new Promise((resolve, reject) => {
    const files: Promise<ModelFile>[] = [];
    const form = parserOf(request);
    const fail = (error: unknown): void => {
      request.unpipe(form);
      request.resume();
      form.destroy();
      reject(error);
    };
    form.on("file", (_field, content: Readable, { filename }) => {
      const name = filename || FALLBACK_NAME;
      const file = readText(content, budget).then((text) => ({ name, text }));
      file.catch(fail);
      files.push(file);
    });
    form.on("filesLimit", () => fail(new StewardError("body.tooLarge", `more than ${importLimits.files} files`)));
    form.on("error", (cause) => fail(new StewardError("argument.invalid", "the multipart form is broken", { cause })));
    form.on("finish", () => {
      if (files.length === 0) fail(invalid([{ pointer: "", detail: "the form has no file" }]));
      else Promise.all(files).then(resolve, reject);
    });
    request.once("close", () => {
      if (!request.complete) fail(new StewardError("argument.invalid", "the upload broke off"));
    });
    request.pipe(form);
  });
}

function parserOf(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      limits: { files: importLimits.files, fields: 16, fieldSize: 4096, headerPairs: 20 },
    });
  } catch (cause) {
    throw new StewardError("argument.invalid", "the multipart form has no boundary", { cause });
  }
}
