import { expect } from "@jest/globals";
import { procedures } from "../../../../acs/procedures/index.ts";
import type { AnyProcedure, Decision, Facts, Report } from "../../../../acs/procedures/procedure.ts";
import { standardQuirks } from "../../../../acs/quirks/quirks.ts";
import { fault } from "../../../../acs/rpc/faults.ts";
import type {
  CwmpFault,
  RequestMessage,
  ResponseMessage,
  RpcName,
  RpcRequest,
  RpcResponse,
} from "../../../../acs/rpc/index.ts";
import type { Dialect } from "../../../../acs/soap/dialect.ts";
import type { WorkOutcome } from "../../../../fleet/door.ts";
import type { OperationDocument, OperationRequest } from "../../../../fleet/operations/model.ts";
import type { ParameterObservation, ParameterPatch, ParameterRecord } from "../../../../fleet/parameters/model.ts";
import { minutes } from "../../../../kernel/time.ts";
import { type ParameterType } from "../../../../kernel/value.ts";

/** Runs one procedure by hand. Its progress goes through JSON between any two messages, as it does in the store. */
export class Rig {
  readonly procedure: AnyProcedure;
  readonly operation: OperationDocument;
  facts: Facts;
  /** What would be in the store. */
  stored: string | undefined;
  progress: unknown;
  readonly sent: RequestMessage[] = [];
  readonly dialects: Partial<Dialect>[] = [];
  readonly learnt: ParameterPatch[] = [];
  remembered: Record<string, unknown> = {};
  outcome: WorkOutcome | undefined;

  constructor(request: OperationRequest, facts: Partial<Facts> = {}, typing?: OperationDocument["typing"]) {
    this.procedure = procedures[request.kind];
    this.facts = {
      now: 1_000_000,
      root: "Device.",
      version: "1.2",
      quirks: standardQuirks,
      known: new Map<string, ParameterRecord>(),
      endpointState: {},
      ...facts,
    };
    this.operation = {
      _id: "op",
      deviceId: "d",
      request,
      ...(typing === undefined ? {} : { typing }),
      state: "active",
      correlator: "key",
      history: [],
    } as unknown as OperationDocument;
  }

  get last(): RequestMessage {
    const message = this.sent.at(-1);
    if (!message) throw new Error("nothing was sent");
    return message;
  }

  begin(): this {
    return this.#follow(this.procedure.begin(this.#task()));
  }

  respond<N extends RpcName>(name: N, body: RpcResponse<N>): this {
    const message = { kind: "response", name, body } as ResponseMessage;
    return this.#follow(this.procedure.onResponse(this.#task(), this.progress, message));
  }

  /** Answers GetParameterValues from a table of what the device has. */
  values(table: Record<string, string | [ParameterType, string]>): this {
    const list = Object.entries(table).map(([Name, one]) => ({
      Name,
      Value: typeof one === "string" ? { type: "string" as const, value: one } : { type: one[0], value: one[1] },
    }));
    return this.respond("GetParameterValues", { ParameterList: list });
  }

  names(...names: string[]): this {
    return this.respond("GetParameterNames", { ParameterList: names.map((Name) => ({ Name, Writable: true })) });
  }

  fault(code: number, parameterFaults: CwmpFault["parameterFaults"] = []): this {
    return this.#follow(this.procedure.onFault(this.#task(), this.progress, fault(code, undefined, parameterFaults)));
  }

  report(report: Report): this {
    const decision = this.procedure.onReport?.(this.#task(), this.progress, report);
    return decision ? this.#follow(decision) : this;
  }

  /** The link dropped: what was in the store is all that is left. */
  drop(later = minutes(1)): this {
    this.facts = { ...this.facts, now: this.facts.now + later };
    this.outcome = undefined;
    this.progress = this.stored === undefined ? undefined : JSON.parse(this.stored);
    return this.#follow(this.procedure.onResume(this.#task(), this.progress));
  }

  silence(): this {
    this.stored = JSON.stringify(this.procedure.onSilence?.(this.progress) ?? null);
    return this.drop(0);
  }

  asked<N extends RpcName>(name: N): RpcRequest<N> {
    expect(this.outcome).toBeUndefined();
    expect(this.last.name).toBe(name);
    return this.last.body as RpcRequest<N>;
  }

  /** How often this was sent in all. */
  count(name: RpcName): number {
    return this.sent.filter((one) => one.name === name).length;
  }

  learntOf(path: string): ParameterObservation | undefined {
    return this.learnt.flatMap((patch) => patch.observations).findLast((one) => one.path === path);
  }

  #task() {
    return { operation: this.operation, request: this.operation.request, facts: this.facts };
  }

  #follow(decision: Decision): this {
    this.learnt.push(...(decision.learn ?? []));
    this.remembered = { ...this.remembered, ...decision.remember };
    this.facts = { ...this.facts, endpointState: { ...this.facts.endpointState, ...decision.remember } };
    if (decision.do === "settle") {
      this.outcome = JSON.parse(JSON.stringify(decision.outcome)) as WorkOutcome;
      if ("progress" in decision.outcome) this.stored = decision.outcome.progress;
      this.progress = this.stored === undefined ? undefined : JSON.parse(this.stored);
      return this;
    }
    const text = JSON.stringify(decision.progress);
    if (!decision.repeatable || this.stored === undefined) this.stored = text;
    this.progress = JSON.parse(text);
    this.sent.push(structuredClone(decision.rpc));
    this.dialects.push(decision.dialect ?? {});
    return this;
  }
}
