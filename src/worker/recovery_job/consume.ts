import type { ReconnectApp } from "../reconnect_app.ts";
import type { JobReport, RecoveryMessage } from "./job_api.ts";
import { targetOf } from "./job_target.ts";
import { logError } from "../log.ts";

/** The dead-letter queue's name ends like this. */
const DEAD_LETTERS = "-dead";
/** Recoveries under way at once, of one batch. */
const CONCURRENCY = 25;

/** Consumes the queue of bulk recoveries and its dead letters. Delivering a message twice changes nothing. */
export async function consume(
  batch: Pick<MessageBatch<RecoveryMessage>, "queue" | "messages">,
  app: ReconnectApp,
): Promise<void> {
  const isDead = batch.queue.endsWith(DEAD_LETTERS);
  const slots = new Slots(CONCURRENCY);
  await Promise.all(batch.messages.map(async (message) => {
    try {
      const isDone = isDead ? await bury(message.body, app) : await recoverEach(message.body, app, slots);
      if (isDone) message.ack();
      else message.retry({ delaySeconds: retryDelaySeconds(message.attempts) });
    } catch (error) {
      logError(error, { job: message.body?.jobId, outcome: "retried" });
      message.retry({ delaySeconds: retryDelaySeconds(message.attempts) });
    }
  }));
}

/** Recovers what is open of a message and reports it; tells whether nothing is left to try again. */
async function recoverEach(message: RecoveryMessage, app: ReconnectApp, slots: Slots): Promise<boolean> {
  const job = app.job(message.jobId);
  const open = await job.open(message.targets);
  const reports = await Promise.all(open.map((target): Promise<JobReport> =>
    slots.run(async () => {
      const connection = targetOf(target);
      const { companyId, since, revives } = message;
      const details = { ...(target.name && { name: target.name }), ...(companyId && { companyId }) };
      try {
        const api = app.connection(connection);
        return { target, recovery: await api.recover(details, { since, revives }) };
      } catch (thrown) {
        // Its own trouble: the others of the message are told as they ended.
        logError(thrown, { job: message.jobId, outcome: "answered" });
        const error = { code: "store_failed", message: "Its object failed.", retryable: true } as const;
        return { target, recovery: { target: connection, outcome: "failed", attempts: [], error } };
      }
    })
  ));
  await job.report(reports);
  return reports.every(({ recovery }) => recovery.outcome !== "failed" || !recovery.error?.retryable);
}

/** Ends what is open of a message that was tried too often. */
async function bury(message: RecoveryMessage, app: ReconnectApp): Promise<true> {
  await app.job(message.jobId).giveUp(message.targets);
  return true;
}

/** Growing delay, seconds: 2, 4, 8 … at most 300. */
function retryDelaySeconds(attempts: number): number {
  return Math.min(300, 2 ** attempts);
}

/** Lets a number of works run at once. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
