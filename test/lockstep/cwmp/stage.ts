import {
  type ConversationDependencies,
  type Conversations,
  createConversations,
} from "../../../acs/conversation/index.ts";
import { createQuirkTable } from "../../../acs/quirks/index.ts";
import { silentLogger } from "../../../platform/log/logger.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { FakeFleet } from "./fake-fleet.ts";
import { type CpeOptions, ScriptedCpe } from "./scripted-cpe.ts";

/** An ACS on a virtual clock over a fleet in memory; `worker()` adds a second process over the same fleet. */
export function stage(overrides: Partial<ConversationDependencies> = {}) {
  const clock = new VirtualClock();
  const fake = new FakeFleet(clock);
  const worker = (): Conversations =>
    createConversations({
      fleet: fake.fleet,
      clock,
      log: silentLogger,
      quirks: createQuirkTable(),
      fileUrls: {
        download: (fileId) => ({ url: `http://acs.example/files/${fileId}`, size: 1234 }),
        upload: (_deviceId, operationId) => ({ url: `http://acs.example/files/up/${operationId}` }),
        received: () => Promise.resolve([]),
      },
      ...overrides,
    });
  const conversations = worker();
  const cpe = (options: CpeOptions = {}, at: Conversations = conversations): ScriptedCpe =>
    new ScriptedCpe(at, options);
  return { clock, fake, conversations, worker, cpe };
}
