import { promisify } from "node:util";
import { brotliCompressSync, brotliDecompress, brotliDecompressSync, constants } from "node:zlib";
import type { ModelFacts } from "../../datamodels/facts.ts";
import { loadModels, type ModelFile } from "../../datamodels/load/loader.ts";
import type { KnownModels } from "../../datamodels/load/scope.ts";
import { DataModel } from "../../datamodels/model.ts";
import { packModel } from "../../datamodels/pack.ts";
import type { PackedModel } from "../../datamodels/packed.ts";
import { shippedModel } from "../../datamodels/shipped.ts";
import { mib } from "../../kernel/bytes.ts";
import type { ModelInfo } from "./model.ts";

/** A model at hand that documents may refer to without bringing it along. */
export interface KnownSource {
  readonly name: string;
  readonly isService: boolean;
  /** Of an imported one; a shipped one comes with the code. */
  readonly packed?: Uint8Array;
}

export interface PreparedModel {
  readonly info: Omit<ModelInfo, "importedAt" | "importedBy">;
  /** The packed model (datamodels/packed) as JSON, brotli. */
  readonly packed: Uint8Array;
}

/** Makes models of documents, all or none: throws what `loadModels` throws. Seconds of work for large ones. */
export type PrepareImport = (
  files: readonly ModelFile[],
  sources: readonly KnownSource[],
) => PreparedModel[] | Promise<PreparedModel[]>;

const MAX_UNPACKED = mib(64);
const compression = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const modelOf = (json: Buffer): DataModel => new DataModel(JSON.parse(json.toString("utf8")) as PackedModel);

const unpackNow = (packed: Uint8Array): DataModel =>
  modelOf(brotliDecompressSync(packed, { maxOutputLength: MAX_UNPACKED }));

const decompress = promisify(brotliDecompress);

export const unpackModel = async (packed: Uint8Array): Promise<DataModel> =>
  modelOf(await decompress(packed, { maxOutputLength: MAX_UNPACKED }));

export function prepareImport(files: readonly ModelFile[], sources: readonly KnownSource[]): PreparedModel[] {
  return loadModels(files, knownFrom(sources)).map(prepare);
}

/** Unpacks what is asked for. */
function knownFrom(sources: readonly KnownSource[]): KnownModels {
  const byName = new Map(sources.map((source) => [source.name, source]));
  const unpacked = new Map<string, DataModel | undefined>();
  const model = (name: string): DataModel | undefined => {
    if (unpacked.has(name)) return unpacked.get(name);
    const packed = byName.get(name)?.packed;
    const found = packed ? unpackNow(packed) : shippedModel(name);
    unpacked.set(name, found);
    return found;
  };
  return {
    model: (name) => model(name)?.facts(),
    dataType(name) {
      for (const source of sources) {
        const found = source.isService ? undefined : model(source.name)?.dataType(name);
        if (found) return found;
      }
      return undefined;
    },
  };
}

function prepare(facts: ModelFacts): PreparedModel {
  const packed: PackedModel = packModel(facts, { prose: true });
  const model = new DataModel(packed);
  const info: PreparedModel["info"] = {
    id: facts.deviceType ? `${facts.name}~${facts.deviceType.uuid}` : facts.name,
    name: facts.name,
    version: model.version,
    isService: facts.isService,
    rootName: model.rootName,
    spec: facts.spec,
    file: facts.file,
    ...(facts.base === undefined ? {} : { base: facts.base }),
    ...(facts.deviceType === undefined ? {} : { deviceType: facts.deviceType }),
    counts: model.counts,
    source: "imported",
  };
  return { info, packed: brotliCompressSync(JSON.stringify(packed), compression) };
}
