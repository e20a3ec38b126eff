import type { RequestMessage } from "../../acs/rpc/index.ts";
import { type Clock, seconds, systemClock } from "../../kernel/time.ts";
import { type Character, characterOf } from "./character.ts";
import { ConnectionRequestListener, type Door } from "./connection-request.ts";
import { Contact } from "./contact.ts";
import { CpeDevice } from "./device.ts";
import { Errands } from "./errands.ts";
import { HttpClient } from "./http-client.ts";
import type { CpeOptions } from "./options.ts";
import { eventOf, Outbox } from "./outbox.ts";
import type { Restart } from "./rpcs/context.ts";
import type { PendingTransfer } from "./state.ts";
import { Tasks } from "./tasks.ts";
import type { CpeTree } from "./tree.ts";

export type { Acknowledged, CpeOptions, SessionReport } from "./options.ts";

/** Without a byte from the ACS; it may take 30 s for an answer (specs/cwmp.md §1.7). */
const SILENCE = seconds(30);
const COUNTER_TIME = seconds(10);

/** A CPE that behaves, unless told otherwise. Nothing happens before `start`; nothing is left after `stop`. */
export class SimulatedCpe {
  readonly #options: CpeOptions;
  readonly #clock: Clock;
  readonly #character: Character;
  readonly #device: CpeDevice;
  readonly #outbox = new Outbox();
  readonly #tasks: Tasks;
  readonly #http: HttpClient;
  readonly #errands: Errands;
  readonly #contact: Contact;
  #started = false;
  #door: Door | undefined;

  constructor(options: CpeOptions) {
    const { clock = systemClock, credentials, tls, onError } = options;
    this.#options = options;
    this.#clock = clock;
    this.#character = characterOf(options.misbehave);
    this.#device = new CpeDevice(options);
    this.#tasks = new Tasks(clock, onError ?? ((error) => process.emitWarning(`simulated CPE: ${String(error)}`)));
    this.#http = new HttpClient({
      timeout: SILENCE,
      habits: this.#character.http,
      ...(credentials === undefined ? {} : { credentials }),
      ...(tls === undefined ? {} : { tls }),
    });
    const part = {
      options,
      clock,
      character: this.#character,
      device: this.#device,
      outbox: this.#outbox,
      tasks: this.#tasks,
    };
    this.#errands = new Errands({ ...part, contact: () => this.#contact });
    this.#contact = new Contact({
      ...part,
      http: this.#http,
      context: () => this.#errands.context(),
      runTransfers: () => this.#errands.transfers.runDue(),
      idle: () => this.#errands.transfers.schedule(),
      boot: (restarts) => this.#boot(restarts),
    });
  }

  get serialNumber(): string {
    return this.#options.serialNumber;
  }

  get tree(): CpeTree {
    return this.#device.tree;
  }

  get transfers(): readonly PendingTransfer[] {
    return this.#errands.transfers.pending;
  }

  /** Boots: listens for connection requests and makes contact. `events` by default those of a first start. */
  async start(events: readonly string[] = ["0 BOOTSTRAP", "1 BOOT"]): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    this.#device.reset();
    this.#device.booted(this.#clock.now());
    await this.#openDoor();
    if (this.#tasks.stopped) return;
    if (this.#character.has("counter-changes")) this.#keepChanging();
    await this.inform(events);
  }

  /** For good. A session under way breaks off and is not reported. */
  stop(): void {
    this.#started = true;
    this.#contact.stop();
    this.#tasks.stop();
    this.#http.close();
    this.#errands.transfers.clear();
    this.#door?.close();
  }

  /** Resolves when no session and no background work runs. */
  async settled(): Promise<void> {
    await this.#contact.settled();
    await this.#tasks.settled();
  }

  /** Makes contact because of these events; while a session runs or the CPE boots, right after it. */
  async inform(events: readonly string[], commandKey = ""): Promise<void> {
    for (const code of events) this.#outbox.addEvent(code, commandKey);
    await this.#contact.make();
  }

  /** Somebody else (a local user, the network) changed a value; with active notification this makes contact. */
  async change(name: string, value: string): Promise<void> {
    this.tree.set(name, value);
    const notification = this.tree.get(name)?.notification ?? 0;
    if (notification === 0) return;
    this.#outbox.addChange(name);
    if (notification === 2) await this.#contact.make();
  }

  /** Makes contact with a request of the CPE's own, such as RequestDownload, and its event. */
  async request(message: RequestMessage, commandKey = ""): Promise<void> {
    const code = eventOf[message.name];
    this.#outbox.addReport({ message, commandKey, events: code === undefined ? [] : [{ code, commandKey: "" }] });
    await this.#contact.make();
  }

  async #openDoor(): Promise<void> {
    const { connectionRequests, connectionRequestHost: host } = this.#options;
    const listener = connectionRequests ?? (host === undefined ? undefined : new ConnectionRequestListener(host));
    if (listener === undefined) return;
    this.#door = listener.newDoor({
      habits: this.#character.listener,
      credentials: () => ({
        username: this.#device.value("ManagementServer.ConnectionRequestUsername"),
        password: this.#device.value("ManagementServer.ConnectionRequestPassword"),
      }),
      accept: () => this.#acceptConnectionRequest(),
    });
    this.#device.put("ManagementServer.ConnectionRequestURL", await this.#door.url());
  }

  /** In a session 503, and contact right after it (specs/cwmp.md §3.1). */
  #acceptConnectionRequest(): boolean {
    const { phase } = this.#contact;
    if (phase === "booting" || phase === "stopped" || this.#character.has("connection-request-busy")) return false;
    if (!this.#character.has("connection-request-ignored"))
      this.#tasks.spawn(() => this.inform(["6 CONNECTION REQUEST"]));
    return phase === "waiting";
  }

  #keepChanging(): void {
    this.#tasks.later(COUNTER_TIME, () => {
      this.#outbox.addChange(`${this.#device.model.root}DeviceInfo.UpTime`);
      this.#keepChanging();
      return this.#contact.make();
    });
  }

  #boot(restarts: readonly Restart[]): void {
    if (restarts.some(({ kind }) => kind === "factoryReset")) this.#resetToFactory();
    else {
      this.#errands.rebooted();
      this.#outbox.rebooted();
    }
    if (this.#character.has("renumbered-rows")) this.tree.renumber();
    for (const restart of restarts)
      if (restart.kind === "reboot") this.#outbox.addEvent("M Reboot", restart.commandKey);
    this.#outbox.addEvent("1 BOOT");
  }

  #resetToFactory(): void {
    const url = this.#device.value("ManagementServer.ConnectionRequestURL");
    this.#errands.reset();
    this.#device.reset();
    this.#device.put("ManagementServer.ConnectionRequestURL", url);
    this.#outbox.bootstrapped();
  }
}
