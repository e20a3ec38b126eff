import type { KnownTree } from "../../datamodels/known-tree.ts";
import type { ModelSet } from "../../datamodels/model-set.ts";
import { type ParameterSummary, summarise } from "../../datamodels/parameter-summary.ts";
import { typingAt, type ValueTyping } from "../../datamodels/typing.ts";
import { validateAttributes } from "../../datamodels/validation/attributes.ts";
import type { ValidationContext } from "../../datamodels/validation/context.ts";
import { validateCreate, validateDelete } from "../../datamodels/validation/rows-request.ts";
import type { Finding, ValidationMode } from "../../datamodels/validation/rules.ts";
import { validateWrite } from "../../datamodels/validation/write.ts";
import type { DeviceDocument } from "../devices/model.ts";
import type { Examination, ValidationPort } from "../door.ts";
import type { OperationRequest, ValidationFinding } from "../operations/model.ts";
import { isSecretName } from "../parameters/secret-names.ts";
import type { ModelFollowing } from "./following.ts";
import type { ValidationModes } from "./modes.ts";

/** What the models say about the parameters of one device. */
export interface ModelKnowledge extends ValidationPort {
  /** What is wrong with a request, without taking it; in the device's mode, or in one of the caller's. */
  validate(
    device: DeviceDocument,
    request: OperationRequest,
    mode?: ValidationMode,
  ): Promise<readonly ValidationFinding[]>;
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

  /** Reads the device's tree once. */
  async examine(device: DeviceDocument, request: OperationRequest, mode?: ValidationMode): Promise<Examination> {
    const [{ models, known }, ownMode] = await Promise.all([
      this.#following.withTree(device),
      mode ?? this.#modes.of(device),
    ]);
    const findings = ownMode === "off" ? [] : checkRequest({ models, known, mode: ownMode }, request);
    const typing = typingOf(models, known, request);
    return { findings: withoutSecrets(findings), ...(typing.length > 0 ? { typing } : {}) };
  }

  async validate(
    device: DeviceDocument,
    request: OperationRequest,
    mode?: ValidationMode,
  ): Promise<readonly ValidationFinding[]> {
    return isChecked(request) ? (await this.examine(device, request, mode)).findings : [];
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

/** What the model does not hide may be a secret by its name. */
const withoutSecrets = (findings: readonly Finding[]): Finding[] =>
  findings.map((finding) =>
    finding.given !== undefined && isSecretName(finding.path) ? { ...finding, given: "(hidden)" } : finding,
  );

function typingOf(models: ModelSet, known: KnownTree, request: OperationRequest): ValueTyping[] {
  if (request.kind === "write")
    return request.values.map(({ path }) => typingAt(models, known, known.resolveAliases(path)));
  if (request.kind !== "create") return [];
  const table = known.resolveAliases(request.path);
  // A row of the same table tells what the device calls the type.
  const row = known.rows(table)[0] ?? `${table}1.`;
  return (request.values ?? []).map(({ path }) => typingAt(models, known, row + path));
}
