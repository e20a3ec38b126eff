import type { ParameterPatch } from "../../fleet/parameters/model.ts";
import { serialiseSession } from "../session/session.ts";
import type { ConversationDependencies } from "./dependencies.ts";
import type { Facts } from "./device-facts.ts";
import type { Live } from "./live.ts";

/** What the adapter remembers of a device between sessions (`Endpoint.state`). */
export class EndpointState {
  readonly #deps: Pick<ConversationDependencies, "fleet">;

  constructor(deps: Pick<ConversationDependencies, "fleet">) {
    this.#deps = deps;
  }

  /** What the device told, and what is to be remembered of it, with one write. */
  async learn(live: Live, patch: ParameterPatch, state: Record<string, unknown>, facts?: Facts): Promise<void> {
    const { device, session } = live;
    if (!device) return;
    live.endpointState = { ...live.endpointState, ...state };
    const memory = { sessionId: session.id, key: session.endpointKey, state };
    await this.#deps.fleet.contacts.observe(device._id, patch, { memory, facts });
  }

  /** Stored at once; does not prolong the lease. A session that has lost its device remembers nothing. */
  async remember(live: Live, state: Record<string, unknown>): Promise<void> {
    live.endpointState = { ...live.endpointState, ...state };
    const { device, session } = live;
    if (!device) return;
    const lease = { sessionId: session.id, until: live.leaseUntil, session: serialiseSession(session) };
    await this.#deps.fleet.contacts.keep(device._id, lease, { key: session.endpointKey, state });
  }
}
