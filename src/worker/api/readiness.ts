import { withDeadline } from "../../connections/host.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";

/** What the worker cannot do without. */
export type Part = "kv" | "object" | "queue";

/** How each part answered. */
export type Checks = Readonly<Record<Part, "ok" | "failed">>;

/** A part that does not answer within this has failed, ms. */
const LONGEST_WAIT_MS = 5_000;
/** Anybody may ask: an isolate touches the parts once in this time, ms, and tells the same meanwhile. */
const KEPT_MS = 10_000;
/** Names what does not exist, in KV and among the jobs: a look at it costs and leaves nothing. */
const NOTHING = "readyz";

/** Whether KV, a Durable Object and the queues answer, by touching each; none of them is written to. */
export class Readiness {
  readonly #touches: Readonly<Record<Part, () => Promise<unknown>>>;
  #last: { readonly checks: Checks; readonly at: number } | undefined;

  /** Of the parts of `app`. */
  constructor({ env, job, settings }: Pick<ReconnectApp, "env" | "job" | "settings">) {
    this.#touches = {
      kv: () => env.TOKENS.get(NOTHING, { type: "text" }),
      object: () => job(NOTHING).progress(),
      // Where events are sent their queue has to take HighLevel's webhooks.
      queue: () => Promise.all([env.RECOVERIES.metrics(), settings.events && env.EVENTS?.metrics()]),
    };
  }

  /** How the parts answer at `now`, or did a few seconds ago. */
  async check(now: number): Promise<Checks> {
    if (this.#last && now - this.#last.at < KEPT_MS) return this.#last.checks;
    const [kv, object, queue] = await Promise.all([
      this.#touch("kv"),
      this.#touch("object"),
      this.#touch("queue"),
    ]);
    const checks = { kv, object, queue };
    this.#last = { checks, at: now };
    return checks;
  }

  async #touch(part: Part): Promise<"ok" | "failed"> {
    try {
      await withDeadline((async () => await this.#touches[part]())(), LONGEST_WAIT_MS, "read");
      return "ok";
    } catch (error) {
      logError(error, { part, outcome: "answered" });
      return "failed";
    }
  }
}
