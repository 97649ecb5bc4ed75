import { defined } from "../../oauth/host.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobTarget, RecoveryMessage } from "./job_api.ts";
import type { JobFacts } from "./job_facts.ts";

/** Targets in one message. */
const MESSAGE_TARGETS = 10;
/** Messages in one call of the queue; Cloudflare allows 100, and 256 KB: with the longest names a message has 9 KB. */
const BATCH_MESSAGES = 25;

/** Sends `targets` of a job to the queue of recoveries. */
export async function sendTargets(
  { id: appId, env: { RECOVERIES: queue } }: Pick<ReconnectApp, "id" | "env">,
  { id: jobId, round, source, createdAt: since }: JobFacts,
  targets: readonly JobTarget[],
): Promise<void> {
  const companyId = source.kind === "status" ? undefined : source.companyId;
  const order = {
    appId,
    jobId,
    round,
    since,
    revives: source.kind !== "status",
    ...defined({ companyId, sparesHealthy: source.kind === "agency" ? true : undefined }),
  };
  const messages: { readonly body: RecoveryMessage }[] = [];
  for (let at = 0; at < targets.length; at += MESSAGE_TARGETS) {
    messages.push({ body: { ...order, targets: targets.slice(at, at + MESSAGE_TARGETS) } });
  }
  for (let at = 0; at < messages.length; at += BATCH_MESSAGES) {
    await queue.sendBatch(messages.slice(at, at + BATCH_MESSAGES));
  }
}
