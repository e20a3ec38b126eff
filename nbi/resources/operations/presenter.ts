import { attemptsMade } from "../../../fleet/operations/attempts.ts";
import type {
  OperationDocument,
  OperationFault,
  OperationRequest,
  WaitingReason,
} from "../../../fleet/operations/model.ts";
import type { Instant } from "../../../kernel/time.ts";
import { defined } from "../../http/defined.ts";
import { isoOf, toIso } from "../../http/instant.ts";
import { canOf } from "../../policy.ts";
import { presentFinding } from "./finding.ts";
import { operationActions } from "./policy.ts";
import { presentReason } from "./reason.ts";
import type { OperationBody } from "./schema.ts";

const withoutPassword = <T extends object>(item: T): Omit<T, "password"> => {
  const { password: _, ...rest } = item as T & { password?: unknown };
  return rest;
};

function presentRequest(request: OperationRequest): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...withoutPassword(request) };
  if (request.kind === "software") shown["operations"] = request.operations.map(withoutPassword);
  return shown;
}

const presentFault = ({ code, message, native }: OperationFault) => defined({ code, message, native });

export function presentOperation(
  operation: OperationDocument,
  { grants, now, why }: { grants: readonly string[]; now: Instant; why?: readonly WaitingReason[] },
): OperationBody {
  const { request, items, fault, history } = operation;
  return defined({
    id: operation._id,
    deviceId: operation.deviceId,
    kind: request.kind,
    request: presentRequest(request),
    state: operation.state,
    priority: operation.priority,
    wake: operation.wake,
    createdAt: toIso(operation.createdAt),
    createdBy: operation.createdBy,
    createdByToken: operation.createdByToken,
    notBefore: isoOf(operation.notBefore),
    expiresAt: toIso(operation.expiresAt),
    idempotencyKey: operation.idempotencyKey,
    correlator: operation.correlator,
    attempt: attemptsMade(operation),
    maxAttempts: operation.maxAttempts,
    nextAttemptAt: isoOf(operation.nextAttemptAt),
    completionDueAt: isoOf(operation.completionDueAt),
    cancelRequested: operation.cancelRequested,
    result: operation.result,
    items: items?.map((item) =>
      defined({ path: item.path, outcome: item.outcome, fault: item.fault && presentFault(item.fault) }),
    ),
    warnings: operation.warnings?.map(presentFinding),
    fault: fault && presentFault(fault),
    finishedAt: isoOf(operation.finishedAt),
    history: history.map(({ at, state, note }) => defined({ at: toIso(at), state, note })),
    why: why?.map(presentReason),
    can: canOf(operationActions(operation), operation, grants, now),
  });
}
