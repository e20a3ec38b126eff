import { LocalConversations } from "./conversations.ts";
import type { ConversationDependencies } from "./dependencies.ts";
import type { Conversations } from "./exchange.ts";

export type { ConversationDependencies, ConversationLimits, FileUrls } from "./dependencies.ts";
export type { BodyClass, Conversations, Exchange, Glance, InformPriority, Principal, Reply } from "./exchange.ts";

/** The CWMP conversations of this process. The constructor does nothing observable; nothing needs starting. */
export const createConversations = (dependencies: ConversationDependencies): Conversations =>
  new LocalConversations(dependencies);
