import type { Files } from "../../../fleet/files/index.ts";
import { StewardError } from "../../../kernel/errors.ts";
import type { Clock, Duration } from "../../../kernel/time.ts";
import type { Secrets } from "../../../platform/secrets/secrets.ts";
import { createUrlSigner } from "../../../platform/secrets/signed-urls.ts";
import type { FileUrls } from "../../conversation/index.ts";

/** Everything below this path is the file server's, on the same listener as the CWMP messages. */
export const filesPath = "/files/";

/** A device may try one upload this often, with different contents, before its URL is worth nothing. */
export const MAX_PER_OPERATION = 8;

export interface UploadTarget {
  deviceId: string;
  operationId: string;
  fileType: string;
}

export interface FileUrlOptions {
  files: Pick<Files, "get" | "list">;
  secrets: Secrets;
  clock: Clock;
  /** The ACS as CPEs see it, e.g. `https://acs.example:7548`; asked at each URL, since a port may be known late. */
  publicUrl: () => string;
  /** How long a URL is good: the delay of a transfer and all its retries. */
  lifetime: Duration;
}

export const downloadSigner = (secrets: Secrets) => createUrlSigner(secrets, "file.download");
export const uploadSigner = (secrets: Secrets) => createUrlSigner(secrets, "file.upload");

const NAME_LENGTH = 48;
const plainName = (name: string): string => name.replace(/[^\w.-]+/g, "_").slice(-NAME_LENGTH);

/** A file type as one segment of a path, without a character that anybody escapes. */
const segmentOf = (fileType: string): string => Buffer.from(fileType).toString("base64url");
export const fileTypeOf = (segment: string): string => Buffer.from(segment, "base64url").toString();

/**
 * URLs that we hand to CPEs; who holds one needs no credentials until it ends. At most 256 characters with a base of up
 * to 60 (specs/cwmp.md §2.5), and no query. A download's last part is the file's name: some CPEs take it from there.
 */
export function createFileUrls({ files, secrets, clock, publicUrl, lifetime }: FileUrlOptions): FileUrls {
  const downloads = downloadSigner(secrets);
  const uploads = uploadSigner(secrets);
  const absolute = (path: string): string => publicUrl().replace(/\/+$/, "") + path;
  return {
    async download(fileId) {
      const file = await files.get(fileId);
      if (file === undefined)
        throw new StewardError("resource.notFound", "there is no such file", { details: { fileId } });
      const signed = downloads.sign(`${filesPath}d/${fileId}`, clock.now() + lifetime, plainName(file.name));
      return { url: absolute(signed), size: file.size, name: file.name };
    },
    upload(deviceId, operationId, fileType) {
      const path = `${filesPath}u/${encodeURIComponent(deviceId)}/${operationId}/${segmentOf(fileType)}`;
      return { url: absolute(uploads.sign(path, clock.now() + lifetime)) };
    },
    async received(operationId) {
      const { items } = await files.list({ operationId, limit: MAX_PER_OPERATION });
      return items.map(({ _id, name, size }) => ({ id: _id, name, size }));
    },
  };
}
