import type { ConversationDependencies } from "./dependencies.ts";
import type { Exchange, Reply } from "./exchange.ts";
import type { Live } from "./live.ts";

/** Hands the messages of a traced device to the trace, which masks and keeps them. */
export class Tracing {
  readonly #deps: Pick<ConversationDependencies, "clock" | "trace">;

  constructor(deps: Pick<ConversationDependencies, "clock" | "trace">) {
    this.#deps = deps;
  }

  exchange({ device, session }: Live, { body, charset }: Exchange, reply: Reply): void {
    const { clock, trace } = this.#deps;
    const now = clock.now();
    if (!trace || !device || (device.traceUntil ?? 0) <= now) return;
    const common = { deviceId: device._id, sessionId: session.id };
    void trace.write({ ...common, at: session.lastAt, direction: "fromDevice", text: textOf(body, charset) });
    void trace.write({ ...common, at: now, direction: "toDevice", status: reply.status, text: reply.body ?? "" });
  }
}

/** For reading by people: what does not decode is replaced. */
function textOf(body: Uint8Array, charset = "utf-8"): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder("latin1").decode(body);
  }
}
