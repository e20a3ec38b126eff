import type { ModelFile } from "../../datamodels/load/loader.ts";
import type { DataModel } from "../../datamodels/model.ts";
import type { ModelCandidate } from "../../datamodels/selection.ts";
import { shippedModel, shippedModels } from "../../datamodels/shipped.ts";
import { type ByteCount, mib } from "../../kernel/bytes.ts";
import { StewardError } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { type Clock, type Instant, seconds } from "../../kernel/time.ts";
import type { Collection } from "../../platform/store/port.ts";
import type { ModelDocument, ModelInfo } from "./model.ts";
import {
  type KnownSource,
  type PreparedModel,
  type PrepareImport,
  prepareImport,
  unpackModel,
} from "./prepare-import.ts";

/**
 * The data models at hand: those that come with Steward and those that an operator imported. Durable; an import or removal is
 * seen by other processes within a few seconds.
 */
export interface Models {
  /** By name, then version, newest first. */
  list(): Promise<ModelInfo[]>;
  info(id: string): Promise<ModelInfo | undefined>;
  get(id: string): Promise<DataModel | undefined>;
  /**
   * All or nothing: a `ModelDocumentError` (`model.invalid`) leaves the registry as it was. Replaces models of the same id. One
   * at a time in a process, from the receiving of its files on; `overloaded` meanwhile.
   */
  import(files: GivenFiles, by: string): Promise<ModelInfo[]>;
  /** An imported model; a shipped one that it hid is there again. `state.conflict` for a shipped one. */
  remove(id: string): Promise<boolean>;
  /** For selecting. */
  candidates(): Promise<readonly ModelCandidate[]>;
  /** Changes when any model was imported or removed. */
  revision(): Promise<string>;
}

/** Documents, or how to get them once it is this import's turn. */
export type GivenFiles = readonly ModelFile[] | (() => Promise<readonly ModelFile[]>);

export const importLimits: { readonly files: number; readonly size: ByteCount } = { files: 400, size: mib(64) };
/** How old the list of imported models may be before the store is asked again. */
const FRESH_FOR = seconds(3);

interface Entry {
  readonly info: ModelInfo;
  readonly revision: string;
}

interface Catalogue {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly revision: string;
}

export class StoredModels implements Models {
  readonly #documents: Collection<ModelDocument>;
  readonly #clock: Clock;
  readonly #prepare: PrepareImport;
  readonly #loaded = new Map<string, { revision: string; model: Promise<DataModel | undefined> }>();
  #catalogue: Promise<Catalogue> | undefined;
  #readAt: Instant = Number.NEGATIVE_INFINITY;
  #importing = false;

  constructor(documents: Collection<ModelDocument>, clock: Clock, prepare: PrepareImport = prepareImport) {
    this.#documents = documents;
    this.#clock = clock;
    this.#prepare = prepare;
  }

  async list(): Promise<ModelInfo[]> {
    const { entries } = await this.#current();
    return [...entries.values()].map(({ info }) => info).sort(inListOrder);
  }

  async info(id: string): Promise<ModelInfo | undefined> {
    return (await this.#current()).entries.get(id)?.info;
  }

  async revision(): Promise<string> {
    return (await this.#current()).revision;
  }

  async get(id: string): Promise<DataModel | undefined> {
    const entry = (await this.#current()).entries.get(id);
    if (!entry) return undefined;
    if (entry.info.source === "shipped") return shippedModel(id);
    const known = this.#loaded.get(id);
    if (known?.revision === entry.revision) return known.model;
    const model = this.#read(id);
    this.#loaded.set(id, { revision: entry.revision, model });
    // A failed read is not remembered.
    model.catch(() => this.#loaded.delete(id));
    return model;
  }

  async import(given: GivenFiles, by: string): Promise<ModelInfo[]> {
    if (this.#importing) throw new StewardError("overloaded", "another import is under way; try again in a while");
    this.#importing = true;
    try {
      const files = typeof given === "function" ? await given() : given;
      requireWithinLimits(files);
      return await this.#store(await this.#prepare(files, await this.#sources()), by);
    } finally {
      this.#importing = false;
    }
  }

  async #store(prepared: readonly PreparedModel[], by: string): Promise<ModelInfo[]> {
    const importedAt = this.#clock.now();
    const documents = prepared.map(({ info, packed }): ModelDocument => {
      const _id = info.id;
      return { _id, info: { ...info, importedAt, importedBy: by }, revision: newId(importedAt), packed };
    });
    for (const document of documents)
      await this.#documents.replaceOne({ _id: document._id }, document, { upsert: true });
    this.#forget();
    return documents.map(({ info }) => info);
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.#documents.deleteOne({ _id: id });
    this.#forget();
    if (removed > 0) return true;
    if (shippedModels().some((entry) => entry.name === id)) {
      throw new StewardError("state.conflict", "a model that comes with Steward cannot be removed");
    }
    return false;
  }

  async candidates(): Promise<readonly ModelCandidate[]> {
    const infos = await this.list();
    return Promise.all(
      infos.map(async (info) => {
        // Only imported ones have to be there already: selecting does not wait.
        const imported = info.source === "imported" ? await this.get(info.id) : undefined;
        const model = () => imported ?? shippedModel(info.id);
        const { id, name, spec, isService, rootName, deviceType } = info;
        const typed = deviceType ? { deviceTypeUuid: deviceType.uuid } : {};
        return {
          id,
          name,
          spec,
          isService,
          rootName,
          ...typed,
          has: (path: string) => model()?.object(path) !== undefined,
        };
      }),
    );
  }

  async #read(id: string): Promise<DataModel | undefined> {
    const document = await this.#documents.findOne({ _id: id });
    return document && unpackModel(document.packed);
  }

  /** What imports may refer to without bringing it along, in the order of the list. */
  async #sources(): Promise<KnownSource[]> {
    const infos = (await this.list()).filter(({ deviceType }) => deviceType === undefined);
    const imported = infos.filter(({ source }) => source === "imported").map(({ id }) => id);
    const documents = await this.#documents.find({ _id: { $in: imported } }).toArray();
    const packedOf = new Map(documents.map(({ _id, packed }) => [_id, packed]));
    return infos.map(({ id, name, isService }) => {
      const packed = packedOf.get(id);
      return { name, isService, ...(packed === undefined ? {} : { packed: new Uint8Array(packed) }) };
    });
  }

  #forget(): void {
    this.#catalogue = undefined;
  }

  #current(): Promise<Catalogue> {
    const now = this.#clock.now();
    if (this.#catalogue && now - this.#readAt < FRESH_FOR) return this.#catalogue;
    const reading = this.#readCatalogue();
    this.#readAt = now;
    this.#catalogue = reading;
    reading.catch(() => {
      if (this.#catalogue === reading) this.#catalogue = undefined;
    });
    return reading;
  }

  async #readCatalogue(): Promise<Catalogue> {
    const imported = await this.#documents
      .find({}, { projection: { info: 1, revision: 1 }, sort: { _id: 1 } })
      .toArray();
    const entries = new Map(
      shippedModels().map((entry) => [entry.name, { info: shippedInfo(entry), revision: "shipped" }]),
    );
    for (const { _id, info, revision } of imported) entries.set(_id, { info, revision });
    return { entries, revision: imported.map(({ revision }) => revision).join(",") };
  }
}

function requireWithinLimits(files: readonly ModelFile[]): void {
  if (files.length === 0) throw new StewardError("argument.invalid", "there is no file to import");
  if (files.length > importLimits.files)
    throw new StewardError("body.tooLarge", `more than ${importLimits.files} files`);
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  if (size > importLimits.size) throw new StewardError("body.tooLarge", `more than ${importLimits.size} bytes of XML`);
}

/** By name, newest version first, device types after their model. */
function inListOrder(a: ModelInfo, b: ModelInfo): number {
  const family = a.name.split(":")[0]!.localeCompare(b.name.split(":")[0]!, "en");
  return family || b.version.localeCompare(a.version, "en", { numeric: true }) || a.id.localeCompare(b.id, "en");
}

function shippedInfo({ name, spec, document, isService, counts }: ReturnType<typeof shippedModels>[number]): ModelInfo {
  const [family = name, version = ""] = name.split(":");
  return { id: name, name, version, isService, rootName: family, spec, file: document, counts, source: "shipped" };
}
