import { DurableObject } from "cloudflare:workers";
import { retryDelayMs } from "../durable/retry_delay.ts";
import type { WorkerEnv } from "../env.ts";
import { logError } from "../log.ts";
import { type ReconnectApp, reconnectApp } from "../reconnect_app.ts";
import { putEvents } from "../events/send_events.ts";
import { findMore } from "./find_targets.ts";
import { isFirstEditionJob, leftOfFirstEdition } from "./first_edition_job.ts";
import {
  isOver,
  type JobApi,
  type JobChanges,
  type JobProgress,
  type JobReason,
  type JobReport,
  type JobSource,
  type JobTarget,
} from "./job_api.ts";
import { jobEnded } from "./job_ended.ts";
import { type JobFacts, newJob, progressOf, statusOf } from "./job_facts.ts";
import { type JobStep, LOST_MS, probed, resumed, stoppedBy } from "./job_rules.ts";
import { JobState } from "./job_state.ts";
import { sendTargets } from "./send_targets.ts";
import { startJob } from "./start_job.ts";

/** Steps in one turn of the alarm. */
const TURN_STEPS = 20;
/** A turn that failed is done again after this at the latest, ms: whoever waits for a recovery waits for no back-off of hours. */
const LONGEST_RETRY_MS = 2 * 60_000;
/** Where the first edition's job cannot be moved now, that is tried again after this, ms. */
const MOVE_RETRY_MS = 60_000;

/**
 * One bulk recovery. It asks `job_rules.ts` what to do and carries that out: finds targets, sends them to the queue, counts what
 * became of each, stops and goes on. It tells the directory where it stands, so that it is listed.
 */
export class RecoveryJob extends DurableObject<WorkerEnv> implements JobApi {
  /** While nobody reports for this long, what is under way counts as lost, ms. */
  protected readonly lostAfterMs: number = LOST_MS;
  readonly #state: JobState;
  #opened: ReconnectApp | undefined;

  /** The object of one job. */
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    this.#state = new JobState(ctx.storage);
  }

  /** See {@linkcode JobApi.create}. */
  async create(id: string, source: JobSource, startedBy: string): Promise<void> {
    if (this.#state.facts) return;
    this.#state.keep(newJob(id, source, startedBy, Date.now()));
    await this.#arm();
  }

  /** See {@linkcode JobApi.add}. */
  add(targets: readonly JobTarget[]): Promise<void> {
    this.#state.add(targets, Date.now());
    return Promise.resolve();
  }

  /** See {@linkcode JobApi.start}. */
  async start(): Promise<void> {
    await this.#change((facts) => ({ ...facts, isStarted: true }));
  }

  /** See {@linkcode JobApi.open}. */
  open(round: number, targets: readonly JobTarget[]): Promise<readonly JobTarget[]> {
    return Promise.resolve(this.#state.open(round, targets, Date.now()));
  }

  /** See {@linkcode JobApi.report}. */
  async report(reports: readonly JobReport[]): Promise<void> {
    this.#state.report(reports, Date.now());
    await this.#arm();
  }

  /** See {@linkcode JobApi.pause}. */
  async pause(): Promise<JobProgress | undefined> {
    return await this.#change((facts, now) => stoppedBy(facts, "paused", now));
  }

  /** See {@linkcode JobApi.resume}. */
  async resume(): Promise<JobProgress | undefined> {
    return await this.#change(resumed);
  }

  /** See {@linkcode JobApi.cancel}. */
  async cancel(): Promise<JobProgress | undefined> {
    return await this.#change((facts, now) => stoppedBy(facts, "cancelled", now));
  }

  /** See {@linkcode JobApi.erase}. */
  erase(target: JobTarget): Promise<boolean> {
    return Promise.resolve(this.#state.erase(target));
  }

  /** See {@linkcode JobApi.progress}. */
  progress(): Promise<JobProgress | undefined> {
    const { facts } = this.#state;
    return Promise.resolve(facts && progressOf(facts));
  }

  /** See {@linkcode JobApi.reasons}. */
  reasons(): Promise<readonly JobReason[]> {
    return Promise.resolve(this.#state.reasons());
  }

  /** See {@linkcode JobApi.changes}. */
  changes(seq: number): Promise<JobChanges | undefined> {
    return Promise.resolve(this.#state.changes(seq));
  }

  /** Does what is next until there is nothing to do now. Never throws: the runtime rings a failing alarm a few times only. */
  override async alarm(): Promise<void> {
    if (isFirstEditionJob(this.ctx.storage.sql)) return await this.#moveFirstEdition();
    const attempt = this.#state.facts?.attempt ?? 0;
    // Before the work: where that dies half-way, it is done again.
    await this.ctx.storage.setAlarm(Date.now() + Math.min(LONGEST_RETRY_MS, retryDelayMs(attempt)));
    try {
      if (this.#app.settings.readOnly) return; // the alarm that was just set looks again
      for (let steps = 0; steps < TURN_STEPS; steps++) {
        const step = this.#state.nextStep(Date.now(), this.lostAfterMs);
        if (!step || step.do === "sleep") break;
        await this.#take(step);
      }
      await this.#tell();
      if (attempt > 0) this.#state.update((facts) => ({ ...facts, attempt: 0 }), Date.now());
      await this.#arm();
    } catch (error) {
      this.#state.update((facts) => ({ ...facts, attempt: attempt + 1 }), Date.now());
      logError(error, { job: this.#state.facts?.id, attempt, outcome: "retried" });
    }
  }

  /** Lets the object that has the place of the first edition's go on with what that has left, then leaves nothing here. */
  async #moveFirstEdition(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + MOVE_RETRY_MS);
    const left = leftOfFirstEdition(this.ctx.storage.sql);
    try {
      if (left) await startJob(this.#app, left.targets, left.source, { startedBy: "admin", id: left.id });
      await this.#empty();
    } catch (error) {
      logError(error, { job: left?.id, outcome: "retried" });
    }
  }

  async #take(step: JobStep): Promise<void> {
    const now = Date.now();
    switch (step.do) {
      case "list":
        return await findMore(this.#app, this.#state);
      case "send":
        return await this.#send(this.#state.takeDue(now, step.most, now));
      case "probe":
        this.#state.update((facts) => probed(facts, now), now);
        return await this.#send(this.#state.takeDue(Infinity, 1, now));
      case "take back":
        return this.#state.takeBack(now);
      case "give up":
        return this.#state.giveUp(now);
      case "finish":
        return this.#state.update(({ stop: _, ...facts }) => ({ ...facts, endedAt: now }), now);
      case "drop":
        return await this.#drop();
      case "sleep":
        return;
    }
  }

  /** Sends what is marked as under way: a message may be opened before its sending is answered. */
  async #send(targets: readonly JobTarget[]): Promise<void> {
    const { facts } = this.#state;
    if (facts) await sendTargets(this.#app, facts, targets);
  }

  async #change(change: (facts: JobFacts, now: number) => JobFacts): Promise<JobProgress | undefined> {
    const now = Date.now();
    this.#state.update((facts) => change(facts, now), now);
    await this.#arm();
    const { facts } = this.#state;
    // The alarm tells again what cannot be told now.
    await this.#tell().catch((error: unknown) => logError(error, { job: facts?.id, outcome: "retried" }));
    return facts && progressOf(facts);
  }

  /** Tells the list of jobs where this one stands, when that has changed. */
  async #tell(): Promise<void> {
    const { facts } = this.#state;
    if (!facts?.isStarted || facts.told === statusOf(facts)) return;
    const told = statusOf(facts);
    const progress = progressOf(facts);
    await this.#app.directory().noteJob(progress);
    if (isOver(progress)) await putEvents(this.#app, [jobEnded(progress)]);
    this.#state.update((so) => ({ ...so, told }), Date.now());
  }

  /** Rings when there is something to do next. */
  async #arm(): Promise<void> {
    const now = Date.now();
    const step = this.#state.nextStep(now, this.lostAfterMs);
    if (step) await this.ctx.storage.setAlarm(step.do === "sleep" ? step.until : now);
  }

  async #drop(): Promise<void> {
    await this.#app.directory().dropJob(this.#state.facts?.id ?? "");
    await this.#empty();
  }

  async #empty(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#state.wasEmptied();
  }

  get #app(): ReconnectApp {
    return this.#opened ??= reconnectApp(this.env);
  }
}
