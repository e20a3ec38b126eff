import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import { DataModel } from "../../datamodels/model.ts";
import type { PackedModel } from "../../datamodels/packed.ts";
import { mib } from "../../kernel/bytes.ts";

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
const MAX_UNPACKED = mib(64);

export const packForStore = (packed: PackedModel): Promise<Uint8Array> =>
  compress(JSON.stringify(packed), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

export async function unpackFromStore(bytes: Uint8Array): Promise<DataModel> {
  const text = await decompress(bytes, { maxOutputLength: MAX_UNPACKED });
  return new DataModel(JSON.parse(text.toString("utf8")) as PackedModel);
}
