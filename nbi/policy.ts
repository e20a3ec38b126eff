import { StewardError } from "../kernel/errors.ts";
import type { Instant } from "../kernel/time.ts";
import type { Schema } from "./http/schema.ts";
import { holds, type Permission } from "./permissions.ts";

/**
 * Who may do a thing (`public`: anybody, `authenticated`: any token) and what state the thing must be in. The same record
 * guards the route and fills `can`, so an action that the console shows as allowed is never refused for either.
 */
export interface Action<T = unknown> {
  readonly permission: Permission | "authenticated" | "public";
  /** Needed besides, for one kind of a thing. */
  readonly also?: Permission;
  /** Why the state does not allow it, in words; `undefined` when it does. */
  readonly refusal?: (subject: T, now: Instant) => string | undefined;
}

export type Policy<T = unknown> = Readonly<Record<string, Action<T>>>;

export type Verdict = true | { missing: "permission"; permission: Permission } | { missing: "state"; reason: string };
export type Can = Record<string, Verdict>;

/** Action → `true`, or what is missing. */
export const canSchema: Schema<Can> = {
  title: "Can",
  description: "Action → true, or the missing permission or state",
  type: "object",
  additionalProperties: {
    anyOf: [
      { const: true },
      {
        type: "object",
        properties: { missing: { enum: ["permission"] }, permission: { type: "string" } },
        required: ["missing", "permission"],
        additionalProperties: false,
      },
      {
        type: "object",
        properties: { missing: { enum: ["state"] }, reason: { type: "string" } },
        required: ["missing", "reason"],
        additionalProperties: false,
      },
    ],
  },
};

export function verdictOf<T>(action: Action<T>, subject: T, grants: readonly string[], now: Instant): Verdict {
  const permission = missingPermission(action, grants);
  if (permission !== undefined) return { missing: "permission", permission };
  const reason = action.refusal?.(subject, now);
  return reason === undefined ? true : { missing: "state", reason };
}

export function canOf<T>(policy: Policy<T>, subject: T, grants: readonly string[], now: Instant): Can {
  return Object.fromEntries(
    Object.entries(policy).map(([name, action]) => [name, verdictOf(action, subject, grants, now)]),
  );
}

/** Rejects with `state.conflict` when the subject's state does not allow the action. */
export function requireState<T>(action: Action<T>, subject: T, now: Instant): void {
  const reason = action.refusal?.(subject, now);
  if (reason !== undefined) throw new StewardError("state.conflict", reason);
}

function missingPermission({ permission, also }: Action<never>, grants: readonly string[]): Permission | undefined {
  if (permission !== "authenticated" && permission !== "public" && !holds(grants, permission)) return permission;
  return also === undefined || holds(grants, also) ? undefined : also;
}

/** Rejects with `permission.missing`. */
export function requirePermission(action: Action<never>, grants: readonly string[]): void {
  const permission = missingPermission(action, grants);
  if (permission === undefined) return;
  throw new StewardError("permission.missing", `this needs the permission ${permission}`, { details: { permission } });
}
