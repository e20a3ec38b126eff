/** The door of the CWMP adapter: what the composition roots build it from, and what the northbound API may know of it. */
export { type ConversationLimits, type Conversations, createConversations } from "./conversation/index.ts";
export { type CwmpListener, createFileUrls, createListener } from "./http/index.ts";
export { createQuirkTable, parseQuirkRules, type QuirkTable } from "./quirks/index.ts";
export { createTrace, type Trace } from "./trace/index.ts";
export { createAddressGuard } from "./wake/address-guard.ts";
export { requestConnection } from "./wake/connection-request.ts";
export { createWake, type Wake } from "./wake/index.ts";
