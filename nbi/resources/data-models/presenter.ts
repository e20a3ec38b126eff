import type { ModelNode } from "../../../datamodels/browse.ts";
import { limitsOf } from "../../../datamodels/facets/words.ts";
import type { ModelObject, ModelParameter } from "../../../datamodels/model.ts";
import type { ModelInfo } from "../../../fleet/models/index.ts";
import type { Instant } from "../../../kernel/time.ts";
import { defined } from "../../http/defined.ts";
import { isoOf } from "../../http/instant.ts";
import { canOf } from "../../policy.ts";
import { modelActions } from "./policy.ts";
import type { ModelBody, NodeBody } from "./schema.ts";

export const presentModel = (
  info: ModelInfo,
  grants: readonly string[],
  now: Instant,
  profiles?: readonly string[],
): ModelBody =>
  defined({
    id: info.id,
    name: info.name,
    version: info.version,
    isService: info.isService,
    rootName: info.rootName,
    spec: info.spec,
    file: info.file,
    source: info.source,
    counts: { ...info.counts },
    base: info.base,
    deviceType: info.deviceType && { ...info.deviceType, features: [...info.deviceType.features] },
    importedAt: isoOf(info.importedAt),
    importedBy: info.importedBy,
    profiles: profiles && [...profiles],
    can: canOf(modelActions, info, grants, now),
  });

export const presentNode = (node: ModelNode): NodeBody =>
  "object" in node ? presentObject(node.object) : presentParameter(node.parameter);

const presentObject = (object: ModelObject): NodeBody =>
  defined({
    path: object.path,
    kind: object.isTable ? ("table" as const) : ("object" as const),
    access: object.access,
    status: object.status,
    version: object.version,
    description: object.description,
    minEntries: object.minEntries,
    maxEntries: object.maxEntries,
    numEntriesParameter: object.numEntriesParameter,
    enableParameter: object.enableParameter,
    uniqueKeys:
      object.uniqueKeys.length === 0
        ? undefined
        : object.uniqueKeys.map(({ functional, parameters }) => ({ functional, parameters: [...parameters] })),
    parameters: object.parameterCount,
  });

const presentParameter = ({
  path,
  access,
  status = "current",
  version,
  description,
  activeNotify,
  forcedInform,
  syntax,
}: ModelParameter): NodeBody =>
  defined({
    path,
    kind: "parameter" as const,
    access,
    status,
    version,
    description,
    type: syntax.type,
    dataType: syntax.dataType,
    unit: syntax.units,
    list: syntax.list === undefined ? undefined : true,
    limits: limitsOf(syntax),
    hidden: syntax.hidden || syntax.secured || undefined,
    command: syntax.command,
    activeNotify,
    forcedInform,
    default: syntax.default && { ...syntax.default },
  });
