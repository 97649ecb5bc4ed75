import { appIdOf, defined } from "../../oauth/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import { verifyWebhook } from "../../webhooks/mod.ts";
import { deliverInstallation, targetOf } from "../connection/deliver_installation.ts";
import { isSent, passOn } from "../events/send_events.ts";
import { type Problem, ProblemError } from "../http/problem.ts";
import { readBytes } from "../http/read_json.ts";
import { refuseWhileReadOnly } from "../http/read_only.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { logError } from "../log.ts";

const PATH = "/webhooks/highlevel";
/** A webhook is asked for again after this at the earliest, seconds. */
const AGAIN_AFTER_SECONDS = 60;
/** No later delivery of the same bytes would fare better. */
const FINAL_STATUSES: readonly number[] = [401, 413];

/** Headers of HighLevel's that go along with a webhook, and their characters. */
const [MOST_HEADERS, LONGEST_HEADER] = [10, 1_000];
/** Characters of an event's type that lists show. */
const LONGEST_TYPE = 100;

/** HighLevel's webhooks. */
export const webhookRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: PATH,
    access: "signature",
    changes: "nothing", // but for an INSTALL or UNINSTALL
    handle: async (context) => {
      const scope = context.get("scope");
      const { settings } = scope;
      const ownId = appIdOf(settings.app);
      const { url, headers } = context.req.raw;
      const body = await readBytes(context.req.raw, 1_048_576);
      const request = new Request(url, { method: "POST", headers, body });
      const event = await verifyWebhook(request, defined({ publicKey: settings.webhookPublicKey })).catch(
        refuse,
      );
      const { appId = ownId, type, webhookId: id, timestamp } = event;
      // Another app's: HighLevel need not send it again.
      if (appId !== ownId) return noStoreJson({ taken: false });
      if (type === "INSTALL" || type === "UNINSTALL") refuseWhileReadOnly(context, "installation");
      if (!isSent(scope, type)) return noStoreJson({ taken: await deliverInstallation(scope, event) });
      const isQueued = await passOn(
        scope,
        defined({
          id,
          from: "highlevel" as const,
          type: type.slice(0, LONGEST_TYPE),
          at: timestamp.getTime(),
          target: targetOf(event),
          body: new TextDecoder("utf-8", { ignoreBOM: true }).decode(body),
          headers: signedHeaders(headers),
        }),
      );
      await deliverInstallation(scope, event).catch((error: unknown) => {
        if (!isQueued) throw error;
        logError(error, { event: id, outcome: "retried" }); // by whoever reads the queue
      });
      return noStoreJson({ taken: true });
    },
  }),
];

/** Whether `request` is a webhook, wherever the app is mounted. */
export function isWebhook({ method, url }: Request): boolean {
  return method === "POST" && new URL(url).pathname.endsWith(PATH);
}

/**
 * `problem` as a webhook is told it. HighLevel delivers again after 429 only, and takes every other answer for final: all that
 * may pass on our side is a 429.
 */
export function deliveredAgain(problem: Problem): Problem {
  if (FINAL_STATUSES.includes(problem.status)) return problem;
  const retryAfterSeconds = Math.max(AGAIN_AFTER_SECONDS, problem.retryAfterSeconds ?? 0);
  return { ...problem, status: 429, retryAfterSeconds };
}

function refuse(error: unknown): never {
  if (error instanceof HighLevelError) {
    throw new ProblemError({ status: 401, code: error.code, detail: error.message });
  }
  throw error;
}

/** The headers that HighLevel signs with, and the type of the body: a receiver checks the same bytes by the same signature. */
function signedHeaders(headers: Headers): Record<string, string> {
  const kept = [...headers].filter(([name, value]) =>
    (name === "content-type" || /^x-(ghl|wh)-/.test(name)) && value.length <= LONGEST_HEADER
  );
  return Object.fromEntries(kept.slice(0, MOST_HEADERS));
}
