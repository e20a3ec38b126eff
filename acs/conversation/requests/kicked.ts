import { boundedData, type RequestHandler } from "./handler.ts";

/** Kicked (TR-069 A.4.2.1). The browser is only sent on to hosts that the configuration names: Next is anybody's word. */
export const kicked: RequestHandler<"Kicked"> = async (context, body) => {
  await context.record({ type: "user.kicked", data: boundedData(body) });
  return { NextURL: safeNext(body.Next, context.deps.nextUrlHosts ?? []) };
};

export function safeNext(next: string, hosts: readonly string[]): string {
  if (next.length > 1_024 || !URL.canParse(next)) return "";
  const url = new URL(next);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.username === "" && url.password === "" && hosts.includes(url.hostname) ? url.href : "";
}
