import { toBase64 } from "../../stores/host.ts";
import { signedBytes, standardKey } from "../../webhooks/host.ts";
import type { EventSettings } from "../settings.ts";
import { VERSION } from "../version.ts";
import { outcomeOfAnswer, type TryOutcome } from "./delivery_rules.ts";
import type { SentEvent } from "./event_message.ts";

/** A receiver that does not answer within this has failed, ms. */
const LONGEST_WAIT_MS = 20_000;

/** Sends `event` to `url`, signed as the Standard Webhooks specification says. Redirects are not followed. Never rejects. */
export async function postEvent(
  url: string,
  { secrets }: Pick<EventSettings, "secrets">,
  { id, body: text, headers }: Pick<SentEvent, "id" | "body" | "headers">,
): Promise<TryOutcome> {
  const timestamp = `${Math.floor(Date.now() / 1000)}`;
  const body = new TextEncoder().encode(text);
  try {
    const signatures = await Promise.all(secrets.map(async (secret) => {
      const signature = await crypto.subtle.sign(
        "HMAC",
        await standardKey(secret),
        signedBytes({ id, timestamp, body }),
      );
      return `v1,${toBase64(new Uint8Array(signature))}`;
    }));
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...headers,
        "user-agent": `highlevel-reconnect/${VERSION}`,
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signatures.join(" "),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
    // What it says is read by nobody.
    await response.body?.cancel().catch(() => {});
    return outcomeOfAnswer(response.status, response.headers.get("retry-after"), Date.now());
  } catch (error) {
    // Its words may hold the address, and with it a secret.
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return { kind: "failed", problem: isLate ? "timeout" : "unreachable" };
  }
}
