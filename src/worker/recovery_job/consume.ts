import { type RunTrouble, troubled } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import type { PlainRecovery } from "../durable/plain_result.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobReport, JobTarget, RecoveryMessage } from "./job_api.ts";
import { targetOf } from "../kind_and_id.ts";

/** Recoveries under way at once, of one batch. */
const CONCURRENCY = 20;
/** After so many in a row that met trouble of everybody the rest of a batch is left to the job, which decides. */
const TROUBLE_IN_A_ROW = 3;

/**
 * Consumes the queue of bulk recoveries, whatever its name. Delivering a message twice changes nothing. A job sends again by
 * itself what failed or was lost, so a message is tried again only where its job could not be reached, and then given up.
 */
export async function consume(
  messages: readonly Message<RecoveryMessage>[],
  app: ReconnectApp,
): Promise<void> {
  const work = new Batch(app);
  await Promise.all(messages.map(async (message) => {
    try {
      // While the worker is read-only nothing is recovered: the job sends it again.
      if (!app.settings.readOnly) await work.recoverEach(message.body);
      message.ack();
    } catch (error) {
      logError(error, { job: message.body?.jobId, outcome: "retried" });
      message.retry({ delaySeconds: retryDelaySeconds(message.attempts) });
    }
  }));
}

/** One batch of messages: a few of its targets are under way at once, and none is begun in trouble of everybody. */
class Batch {
  readonly #app: ReconnectApp;
  readonly #waiting: (() => void)[] = [];
  readonly #trouble = new Map<string, RunTrouble>();
  #free = CONCURRENCY;

  constructor(app: ReconnectApp) {
    this.#app = app;
  }

  /** Recovers what is open of a message, and reports it. */
  async recoverEach(message: RecoveryMessage): Promise<void> {
    const job = this.#app.job(message.jobId);
    const open = await job.open(message.round, message.targets);
    if (open.length === 0) return;
    await job.report(await Promise.all(open.map((target) => this.#inTurn(message, target))));
  }

  async #inTurn(message: RecoveryMessage, target: JobTarget): Promise<JobReport> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      const before = this.#trouble.get(message.jobId) ?? { inARow: 0, isAccepted: true };
      if (before.inARow >= TROUBLE_IN_A_ROW) return { target };
      const recovery = await this.#recover(message, target);
      const now = this.#trouble.get(message.jobId) ?? before;
      this.#trouble.set(message.jobId, troubled(now, recovery).trouble);
      return { target, recovery };
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #recover(
    { jobId, companyId, since, revives, sparesHealthy }: RecoveryMessage,
    target: JobTarget,
  ): Promise<PlainRecovery> {
    const connection = targetOf(target);
    try {
      const { name } = target;
      const order = defined({ since, revives, sparesHealthy });
      return await this.#app.connection(connection).recover(defined({ name, companyId }), order);
    } catch (thrown) {
      // Its own trouble: the others of the message are told as they ended.
      logError(thrown, { job: jobId, outcome: "answered" });
      const error = { code: "store_failed", message: "Its object failed.", retryable: true } as const;
      return { target: connection, outcome: "failed", attempts: [], error };
    }
  }
}

/** Growing delay, seconds: 2, 4, 8 … at most 300. */
function retryDelaySeconds(attempts: number): number {
  return Math.min(300, 2 ** attempts);
}
