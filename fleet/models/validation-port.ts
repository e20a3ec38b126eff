import type { KnownTree } from "../../datamodels/known-tree.ts";
import type { ModelSet } from "../../datamodels/model-set.ts";
import { knownType, type ParameterSummary, summarise, typeFor } from "../../datamodels/typing.ts";
import { validateAttributes } from "../../datamodels/validation/attributes.ts";
import type { ValidationContext } from "../../datamodels/validation/context.ts";
import { validateCreate, validateDelete } from "../../datamodels/validation/rows-request.ts";
import type { Finding, ValidationMode } from "../../datamodels/validation/rules.ts";
import { validateWrite } from "../../datamodels/validation/write.ts";
import { type CanonicalSyntax, isComparable } from "../../datamodels/values/canonical.ts";
import type { ParameterType } from "../../kernel/value.ts";
import type { DeviceDocument } from "../devices/model.ts";
import type { ValidationFinding, ValidationPort } from "../door.ts";
import type { OperationRequest } from "../operations/model.ts";
import type { ModelFollowing } from "./following.ts";
import type { ValidationModes } from "./modes.ts";

/** How the value of a parameter is written, compared and shown. */
export interface ParameterTyping {
  /** For `xsi:type`: what the device reported, else the model's, else string. */
  readonly type: ParameterType;
  /** Decides what counts as the same value (datamodels/values/canonical). */
  readonly syntax: CanonicalSyntax;
  /** False for what reads back as a null value: it is never compared. */
  readonly comparable: boolean;
}

/** What the models say about the parameters of one device. */
export interface ModelKnowledge extends ValidationPort {
  secretPaths(device: DeviceDocument, request: OperationRequest): Promise<readonly string[]>;
  /** As `validate`, in a mode of the caller's. */
  validateAs(device: DeviceDocument, request: OperationRequest, mode: ValidationMode): Promise<ValidationFinding[]>;
  /** By path; every path has one. */
  typing(device: DeviceDocument, paths: readonly string[]): Promise<ReadonlyMap<string, ParameterTyping>>;
  /** By path, for those that a model of the device knows. */
  describe(device: DeviceDocument, paths: readonly string[]): Promise<ReadonlyMap<string, ParameterSummary>>;
}

export class ModelValidation implements ModelKnowledge {
  readonly #following: ModelFollowing;
  readonly #modes: ValidationModes;

  constructor(following: ModelFollowing, modes: ValidationModes) {
    this.#following = following;
    this.#modes = modes;
  }

  async validate(device: DeviceDocument, request: OperationRequest): Promise<ValidationFinding[]> {
    return this.validateAs(device, request, await this.#modes.of(device));
  }

  async validateAs(
    device: DeviceDocument,
    request: OperationRequest,
    mode: ValidationMode,
  ): Promise<ValidationFinding[]> {
    if (mode === "off" || !isChecked(request)) return [];
    const { models, known } = await this.#following.withTree(device);
    return checkRequest({ models, known, mode }, request);
  }

  async secretPaths(device: DeviceDocument, request: OperationRequest): Promise<readonly string[]> {
    if (request.kind !== "write" && request.kind !== "create") return [];
    const { models } = await this.#following.of(device);
    const values = request.kind === "write" ? request.values : (request.values ?? []);
    const prefix = request.kind === "create" ? `${request.path}0.` : "";
    return values.map(({ path }) => path).filter((path) => isSecret(models, prefix + path));
  }

  async typed(device: DeviceDocument, request: OperationRequest): Promise<OperationRequest> {
    if (request.kind !== "write" && request.kind !== "create") return request;
    const values = request.values ?? [];
    if (values.every(({ type }) => type !== undefined)) return request;
    const { models, known } = await this.#following.withTree(device);
    const prefix = request.kind === "create" ? `${request.path}1.` : "";
    const typedValues = values.map((item) => {
      const type = item.type ?? knownType(models, known, prefix + item.path);
      return type === undefined ? item : { ...item, type };
    });
    return { ...request, values: typedValues };
  }

  async typing(device: DeviceDocument, paths: readonly string[]): Promise<ReadonlyMap<string, ParameterTyping>> {
    const { models, known } = await this.#following.withTree(device);
    return new Map(paths.map((path) => [path, typingOf(models, known, path)]));
  }

  async describe(device: DeviceDocument, paths: readonly string[]): Promise<ReadonlyMap<string, ParameterSummary>> {
    const { models } = await this.#following.of(device);
    const summaries = new Map<string, ParameterSummary>();
    for (const path of paths) {
      const parameter = path.endsWith(".") ? undefined : models.parameter(path);
      if (parameter) summaries.set(path, summarise(parameter));
    }
    return summaries;
  }
}

const isChecked = ({ kind }: OperationRequest): boolean =>
  kind === "write" || kind === "create" || kind === "delete" || kind === "setAttributes";

/** What the models have against a request; nothing against a kind that they say nothing about. */
export function checkRequest(context: ValidationContext, request: OperationRequest): Finding[] {
  switch (request.kind) {
    case "write":
      return validateWrite(context, request.values);
    case "create":
      return validateCreate(context, request.path, request.values);
    case "delete":
      return validateDelete(context, request.path);
    case "setAttributes":
      return validateAttributes(context, request.attributes);
    default:
      return [];
  }
}

function isSecret(models: ModelSet, path: string): boolean {
  const syntax = models.parameter(path)?.syntax;
  return syntax?.hidden === true || syntax?.secured === true;
}

function typingOf(models: ModelSet, known: KnownTree, path: string): ParameterTyping {
  const type = typeFor(models, known, path);
  const syntax = models.parameter(path)?.syntax;
  return {
    type,
    syntax: syntax?.type === type ? syntax : { type },
    comparable: syntax === undefined || isComparable(syntax),
  };
}
