import type { IncomingMessage } from "node:http";
import busboy from "busboy";
import { kib } from "../../kernel/bytes.ts";
import { StewardError } from "../../kernel/errors.ts";

const limits = { fields: 32, fieldNameSize: 100, fieldSize: kib(4), files: 1, parts: 34, headerPairs: 20 };

export interface Part {
  /** Ends only when the whole form has turned out well, so that nothing of a broken one is kept. */
  content: AsyncIterable<Uint8Array>;
  fileName?: string;
  /** The fields that came before it. */
  fields: Readonly<Record<string, string>>;
}

const broken = (detail: string, cause?: unknown): StewardError =>
  new StewardError("argument.invalid", detail, { cause, details: { errors: [{ pointer: "", detail }] } });

/** Whether the whole form turned out well, once that is known. */
class Completion {
  readonly #known: Promise<void>;
  succeed: () => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.#known = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
    this.#known.catch(() => undefined);
  }

  async *withheldEnd(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    yield* content;
    await this.#known;
  }
}

/**
 * Hands the one file of a multipart form to `take` while it arrives; its fields must come before it. Resolves to what
 * `take` made of it. When the form breaks off, `content` fails with the reason.
 */
export function receiveFile<T>(
  request: IncomingMessage,
  partName: string,
  take: (part: Part) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let result: Promise<T> | undefined;
    const completion = new Completion();
    const form = parserOf(request);
    const fail = (error: unknown): void => {
      request.unpipe(form);
      request.resume();
      form.destroy(error instanceof Error ? error : undefined);
      completion.fail(error);
      reject(error);
    };
    form.on("field", (name, value, { valueTruncated, nameTruncated }) => {
      if (result !== undefined) fail(broken(`the field ${name} must come before ${partName}`));
      else if (valueTruncated || nameTruncated) fail(broken(`the field ${name} is too long`));
      else if (Object.hasOwn(fields, name)) fail(broken(`the field ${name} comes twice`));
      else fields[name] = value;
    });
    form.on("file", (name, content, { filename }) => {
      content.on("error", () => undefined);
      if (name !== partName || result !== undefined) return fail(broken(`the content must be the part ${partName}`));
      result = take({ content: completion.withheldEnd(content), fields, ...(filename && { fileName: filename }) });
      result.catch(fail);
    });
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const) {
      form.on(limit, () => fail(broken("the form has too many parts")));
    }
    form.on("error", (cause) =>
      fail(cause instanceof StewardError ? cause : broken("the multipart form is broken", cause)),
    );
    form.on("finish", () => {
      completion.succeed();
      if (result === undefined) reject(broken(`the part ${partName} is missing`));
      else result.then(resolve, reject);
    });
    request.once("close", () => {
      if (!request.complete) fail(broken("the upload broke off"));
    });
    request.pipe(form);
  });
}

function parserOf(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({ headers: request.headers, limits });
  } catch (cause) {
    throw broken("the multipart form has no boundary", cause);
  }
}
