import type { RpcRequest } from "../../acs/rpc/index.ts";
import { type Clock, seconds, type Timer } from "../../kernel/time.ts";
import type { Character } from "./character.ts";
import type { Contact } from "./contact.ts";
import type { CpeDevice } from "./device.ts";
import { Diagnostics } from "./diagnostics.ts";
import type { CpeOptions } from "./options.ts";
import { OrderedFaults } from "./ordered-faults.ts";
import type { Outbox } from "./outbox.ts";
import type { CpeContext } from "./rpcs/context.ts";
import { SessionFailed } from "./session-failed.ts";
import { changeSoftware } from "./software.ts";
import type { PendingTransfer } from "./state.ts";
import type { Tasks } from "./tasks.ts";
import type { TransferOutcome } from "./transfer.ts";
import { transferReport } from "./transfer-report.ts";
import { Transfers } from "./transfers.ts";

export interface ErrandsPart {
  readonly options: CpeOptions;
  readonly clock: Clock;
  readonly character: Character;
  readonly device: CpeDevice;
  readonly outbox: Outbox;
  readonly tasks: Tasks;
  readonly contact: () => Contact;
}

const SOFTWARE_TIME = seconds(1);

/** What the RPCs of the ACS set going and what comes of it: transfers, diagnostics, software, scheduled Informs. */
export class Errands {
  readonly transfers: Transfers;
  readonly #part: ErrandsPart;
  readonly #faults: OrderedFaults;
  readonly #diagnostics: Diagnostics;
  #scheduled: Timer[] = [];

  constructor(part: ErrandsPart) {
    const { clock, tasks, device, character } = part;
    this.#part = part;
    this.#faults = new OrderedFaults(part.options.faults);
    this.transfers = new Transfers({
      clock,
      tasks,
      configuration: () => device.configuration(),
      orderedFault: () => this.#faults.take("TransferComplete"),
      finished: (transfer, outcome) => this.#transferFinished(transfer, outcome),
      applied: (version) => this.#applyFirmware(version),
    });
    this.#diagnostics = new Diagnostics({
      clock,
      tasks,
      tree: device.tree,
      finalState: character.has("diagnostics-completed") ? "Completed" : "Complete",
      finished: () => {
        if (character.has("no-event-8")) return;
        part.outbox.addEvent("8 DIAGNOSTICS COMPLETE");
        this.#makeContact();
      },
    });
  }

  /** What a session may touch. */
  context(): CpeContext {
    const { options, clock, character, device, contact } = this.#part;
    const { serialNumber } = device;
    return {
      protocol: options.protocol ?? "1.2",
      tree: device.tree,
      clock,
      transfers: this.transfers,
      has: (name) => character.has(name),
      faultFor: (names) => this.#faults.takeAny(names),
      afterSession: (restart) => contact().restart(restart),
      crash: () => {
        contact().restart({ kind: "restart" });
        throw new SessionFailed("rebooted in mid-session");
      },
      scheduleInform: (delay, commandKey) => this.#scheduleInform(delay, commandKey),
      changeSoftware: (operations, commandKey) => this.#changeSoftware(operations, commandKey),
      setParameterKey: (key) => device.put("ManagementServer.ParameterKey", key),
      written: (values) => this.#diagnostics.written(values),
      executed: (method, commandKey, target) =>
        options.onExecuted?.({ serialNumber, method, commandKey, target, at: clock.now() }),
    };
  }

  /** A reboot ends diagnostics; transfers and scheduled Informs go on. */
  rebooted(): void {
    this.#diagnostics.stop();
  }

  /** A factory reset ends all of it. */
  reset(): void {
    this.#diagnostics.stop();
    this.transfers.clear();
    for (const timer of this.#scheduled.splice(0)) timer.cancel();
  }

  #makeContact(): void {
    const { tasks, contact } = this.#part;
    tasks.spawn(() => contact().make());
  }

  #scheduleInform(delay: number, commandKey: string): void {
    const { tasks, outbox, contact } = this.#part;
    const timer = tasks.later(seconds(delay), () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== timer);
      outbox.addEvent("3 SCHEDULED");
      outbox.addEvent("M ScheduleInform", commandKey);
      return contact().make();
    });
    this.#scheduled.push(timer);
  }

  #changeSoftware(operations: RpcRequest<"ChangeDUState">["Operations"], commandKey: string): void {
    const { tasks, outbox, device, clock, contact } = this.#part;
    tasks.later(SOFTWARE_TIME, () => {
      const Results = changeSoftware(operations, device.model.root, clock.now());
      outbox.addReport({
        message: { kind: "request", name: "DUStateChangeComplete", body: { Results, CommandKey: commandKey } },
        commandKey,
        events: [
          { code: "11 DU STATE CHANGE COMPLETE", commandKey: "" },
          { code: "M ChangeDUState", commandKey },
        ],
      });
      return contact().make();
    });
  }

  #transferFinished(transfer: PendingTransfer, { finished, firmwareVersion }: TransferOutcome): void {
    const { character, outbox, contact } = this.#part;
    const silent = character.has("no-transfer-complete");
    if (silent) this.transfers.remove(transfer);
    else outbox.addReport(transferReport(transfer, finished, () => this.transfers.remove(transfer)));
    if (firmwareVersion !== undefined) return this.#applyFirmware(firmwareVersion);
    const reportedInSession = character.has("transfer-same-session") && contact().phase === "inSession";
    if (!silent && !reportedInSession) this.#makeContact();
  }

  #applyFirmware(version: string): void {
    this.#part.device.put("DeviceInfo.SoftwareVersion", version);
    this.#part.contact().restart({ kind: "restart" });
  }
}
