import { openText, sealText } from "../http/sealed_text.ts";
import type { SentEvent } from "./event_message.ts";

/** What of an event is sealed where it is kept. */
export type KeptBody = Pick<SentEvent, "from" | "body" | "headers">;

/** What it is sealed for. */
const PURPOSE = "event";

/**
 * Seals what of an event may not lie in clear. The body stands in it as it is, behind a line of all else: in JSON each of its quotes
 * would be two characters, and a large one might not fit into a row (2 MB).
 */
export async function sealBody(
  sealingKeys: readonly string[],
  { from, headers, body }: KeptBody,
): Promise<string> {
  return await sealText(sealingKeys, PURPOSE, `${JSON.stringify({ from, headers })}\n${body}`);
}

/** The other way; `undefined` where no key opens it any more. */
export async function openBody(
  sealingKeys: readonly string[],
  sealed: string,
): Promise<KeptBody | undefined> {
  const text = await openText(sealingKeys, PURPOSE, sealed);
  if (text === undefined) return undefined;
  const end = text.indexOf("\n");
  if (end < 0) return JSON.parse(text); // as it was kept at first
  return { ...JSON.parse(text.slice(0, end)), body: text.slice(end + 1) };
}
