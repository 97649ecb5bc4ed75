import { DurableObject } from "cloudflare:workers";
import { targetOf as connectionOfKey } from "../../connections/connection_key.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { installedLocations } from "../../oauth/installed_locations.ts";
import { CloudflareKvStore } from "../../stores/cloudflare_kv_store.ts";
import type { WorkerEnv } from "../env.ts";
import { retryDelayMs } from "../durable/schedule.ts";
import { KEY_VALUES_TABLE, KeyValues } from "../durable/key_values.ts";
import { LazySql } from "../durable/lazy_sql.ts";
import { type PlainRecovery, reviveError } from "../durable/plain_result.ts";
import { type ReconnectApp, reconnectApp } from "../reconnect_app.ts";
import { jobTargetOf, targetOf } from "./job_target.ts";
import type {
  JobApi,
  JobChanges,
  JobItem,
  JobProgress,
  JobReport,
  JobSource,
  JobTarget,
  RecoveryMessage,
} from "./job_api.ts";
import { shortName } from "../connection/short_name.ts";
import { logError } from "../log.ts";

/** Targets in one message. */
const MESSAGE_TARGETS = 10;
/** Messages in one call of the queue; Cloudflare allows 100, and 256 KB. */
const BATCH_MESSAGES = 50;
/** Characters of a name that messages carry. */
const NAME_LENGTH = 100;
/** Times that the finding of targets is tried before the job goes on with those it has. */
const LIST_ATTEMPTS = 5;
/** Targets listed or sent in one turn of the alarm. */
const TURN_TARGETS = 5_000;
/** A finished job is kept this long, ms. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** A job that was never started is dropped after this, ms. */
const ABANDONED_MS = 3_600_000;

/** One bulk recovery: its targets, what became of each, and the counts. Sends targets to the queue, by alarm. */
export class RecoveryJob extends DurableObject<WorkerEnv> implements JobApi {
  /** While nobody reports for this long, targets sent before are sent again, ms: the queue may have lost them. */
  protected readonly lostAfterMs: number = 5 * 60_000;
  readonly #sql: LazySql;
  readonly #values: KeyValues<string>;
  #served: ReconnectApp | undefined;

  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    this.#sql = new LazySql(ctx.storage.sql);
    this.#values = new KeyValues(this.#sql);
    this.#createTables();
  }

  #createTables(): void {
    this.#sql.exec(KEY_VALUES_TABLE.replace("TABLE", "TABLE IF NOT EXISTS"));
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS targets (
      id TEXT, kind TEXT, name TEXT, sentAt INTEGER NOT NULL DEFAULT 0,
      outcome TEXT, seq INTEGER, detail TEXT, PRIMARY KEY (kind, id)
    ) WITHOUT ROWID`);
    this.#sql.exec(`CREATE INDEX IF NOT EXISTS waiting ON targets (sentAt) WHERE outcome IS NULL`);
    this.#sql.exec(`CREATE INDEX IF NOT EXISTS ended ON targets (seq) WHERE seq IS NOT NULL`);
  }

  async create(id: string, source: JobSource): Promise<void> {
    if (this.#values.get("id") !== undefined) return;
    this.#values.set("id", id);
    this.#values.set("source", JSON.stringify(source));
    this.#values.set("createdAt", String(Date.now()));
    await this.ctx.storage.setAlarm(Date.now() + ABANDONED_MS);
  }

  add(targets: readonly JobTarget[]): Promise<void> {
    let added = 0;
    this.ctx.storage.transactionSync(() => {
      for (const { id, kind, name } of targets) {
        added += this.#sql.exec(
          "INSERT INTO targets (id, kind, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
          id,
          kind,
          shortName(name, NAME_LENGTH) ?? null,
        ).toArray().length;
      }
      this.#values.add("total", added);
    });
    return Promise.resolve();
  }

  async start(): Promise<void> {
    if (this.#values.get("started") !== undefined) return;
    this.#values.set("started", "1");
    if (this.#source()?.kind === "targets") this.#values.set("listed", "1");
    await this.ctx.storage.setAlarm(Date.now());
  }

  open(targets: readonly JobTarget[]): Promise<readonly JobTarget[]> {
    return Promise.resolve(targets.filter(({ kind, id }) => this.#isOpen(kind, id)));
  }

  async report(reports: readonly JobReport[]): Promise<void> {
    if (!this.#hears()) return;
    this.ctx.storage.transactionSync(() => {
      for (const { target, recovery } of reports) {
        const isFinal = recovery.outcome !== "failed" || !recovery.error?.retryable;
        this.#end(target, recovery, isFinal);
      }
    });
    await this.#finish();
  }

  async giveUp(targets: readonly JobTarget[]): Promise<void> {
    if (!this.#hears()) return;
    this.ctx.storage.transactionSync(() => {
      for (const target of targets) {
        const [row] = this.#sql.exec(
          "SELECT detail FROM targets WHERE kind = ? AND id = ?",
          target.kind,
          target.id,
        )
          .toArray();
        const detail: Partial<PlainRecovery> = JSON.parse(String(row?.detail ?? "{}"));
        const error = detail.error ??
          {
            code: "unavailable",
            message: "Its recovery was tried 5 times and never ended.",
            retryable: true,
          } as const;
        this.#end(
          target,
          { target: targetOf(target), attempts: [], ...detail, outcome: "failed", error },
          true,
        );
      }
    });
    await this.#finish();
  }

  progress(): Promise<JobProgress | undefined> {
    const id = this.#values.get("id");
    if (id === undefined) return Promise.resolve(undefined);
    const [total, recovered, paused, needPerson, failed] = [
      "total",
      "recovered",
      "paused",
      "reauthorization_required",
      "failed",
    ].map((name) => this.#values.number(name));
    const [finishedAt, problem] = [this.#values.get("finishedAt"), this.#values.get("problem")];
    return Promise.resolve({
      id,
      status: finishedAt !== undefined
        ? "done"
        : this.#values.get("listed") === undefined
        ? "listing"
        : "running",
      createdAt: new Date(Number(this.#values.get("createdAt"))).toISOString(),
      ...(finishedAt !== undefined && { finishedAt: new Date(Number(finishedAt)).toISOString() }),
      total: total ?? 0,
      recovered: recovered ?? 0,
      paused: paused ?? 0,
      reauthorization_required: needPerson ?? 0,
      failed: failed ?? 0,
      remaining: (total ?? 0) - (recovered ?? 0) - (paused ?? 0) - (needPerson ?? 0) - (failed ?? 0),
      ...(problem !== undefined && { problem }),
    });
  }

  async changes(seq: number): Promise<JobChanges | undefined> {
    const progress = await this.progress();
    if (!progress) return undefined;
    const rows = this.#sql.exec(
      "SELECT kind, id, outcome, seq, detail FROM targets WHERE seq > ? AND outcome <> 'recovered' ORDER BY seq LIMIT 500",
      seq,
    ).toArray();
    const unrecovered = rows.map((row): JobItem => {
      const { by, traceId, authorizationUrl, error }: PlainRecovery = JSON.parse(String(row.detail));
      return {
        seq: Number(row.seq),
        target: targetOf({ kind: row.kind === "company" ? "company" : "location", id: String(row.id) }),
        outcome: JSON.parse(String(row.detail)).outcome,
        ...(by && { by }),
        ...(error && { code: error.code, message: error.message }),
        ...(traceId && { traceId }),
        ...(authorizationUrl && { authorizationUrl }),
      };
    });
    const last = unrecovered.length === 500 ? unrecovered.at(-1)?.seq : undefined;
    return { progress, seq: last ?? this.#values.number("seq"), unrecovered };
  }

  /** Finds and sends the next targets. Never throws: the runtime rings a failing alarm a few times only. */
  override async alarm(): Promise<void> {
    if (this.#values.get("started") === undefined || this.#values.get("finishedAt") !== undefined) {
      await this.ctx.storage.deleteAll();
      return this.#createTables();
    }
    const attempt = this.#values.number("attempt");
    // Before the work: where that dies half-way, it is done again.
    await this.ctx.storage.setAlarm(Date.now() + retryDelayMs(attempt));
    try {
      if (this.#values.get("listed") === undefined) await this.#list();
      const isMore = await this.#sendWaiting();
      this.#values.set("attempt", undefined);
      if (await this.#finish()) return;
      const isListing = this.#values.get("listed") === undefined;
      await this.ctx.storage.setAlarm(Date.now() + (isMore || isListing ? 0 : this.lostAfterMs));
    } catch (error) {
      this.#values.set("attempt", attempt + 1);
      logError(error, { job: this.#values.get("id"), attempt, outcome: "retried" });
    }
  }

  /** Finds the next targets of the source. Seeing one twice changes nothing, so a cut turn is simply done again. */
  async #list(): Promise<void> {
    const source = this.#source();
    try {
      if (source?.kind === "status") await this.#listByStatus(source.status);
      else if (source?.kind === "installed") await this.#listInstalled(source.companyId);
      else this.#values.set("listed", "1");
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      if (error.retryable && this.#values.number("attempt") < LIST_ATTEMPTS) throw error;
      this.#values.set("problem", error.message);
      this.#values.set("listed", "1");
    }
  }

  /** One page of KV's keys a turn, however few of them match: KV allows 1,000 calls. */
  async #listByStatus(status: ConnectionStatus): Promise<void> {
    const prefix = `${this.#app.id}/`;
    const cursor = this.#values.get("cursor");
    const store = new CloudflareKvStore(this.env.TOKENS);
    const page = await store.list({ prefix, limit: 1_000, ...(cursor && { cursor }) });
    const targets = page.entries.flatMap(({ key, summary }) => {
      const target = summary.status === status ? connectionOfKey(prefix, key) : undefined;
      return target ? [{ ...jobTargetOf(target), name: summary.name }] : [];
    });
    await this.add(targets);
    this.#values.set("cursor", page.cursor);
    if (page.cursor === undefined) this.#values.set("listed", "1");
  }

  async #listInstalled(companyId: string): Promise<void> {
    const company = await this.#app.connection({ companyId }).token({});
    if (!company.ok) throw reviveError(company.error);
    let chunk: JobTarget[] = [];
    const request = { companyId, accessToken: company.accessToken };
    try {
      for await (const { locationId, name } of installedLocations(this.#app.settings.app, request)) {
        chunk.push({ kind: "location", id: locationId, name });
        if (chunk.length < 500) continue;
        await this.add(chunk);
        chunk = [];
      }
    } finally {
      await this.add(chunk); // also where the list broke off: a job that gives up listing goes on with these
    }
    this.#values.set("listed", "1");
  }

  /**
   * Sends targets that wait to the queue; those sent before only where nobody reported for long: the queue may have lost
   * them. Tells whether more are left.
   */
  async #sendWaiting(): Promise<boolean> {
    const now = Date.now();
    const isStalled = now - this.#values.number("reportedAt") >= this.lostAfterMs;
    const rows = this.#sql.exec(
      "SELECT kind, id, name FROM targets WHERE outcome IS NULL AND sentAt <= ? LIMIT ?",
      isStalled ? now - this.lostAfterMs : 0,
      TURN_TARGETS,
    ).toArray();
    const source = this.#source();
    const companyId = source && source.kind !== "status" ? source.companyId : undefined;
    const order = {
      appId: this.#app.id,
      jobId: this.#values.get("id") ?? "",
      since: this.#values.number("createdAt"),
      revives: source?.kind !== "status",
      ...(companyId && { companyId }),
    };
    for (let from = 0; from < rows.length; from += MESSAGE_TARGETS * BATCH_MESSAGES) {
      const targets = rows.slice(from, from + MESSAGE_TARGETS * BATCH_MESSAGES).map((
        { kind, id, name },
      ): JobTarget => ({
        kind: kind === "company" ? "company" : "location",
        id: String(id),
        ...(name !== null && { name: String(name) }),
      }));
      const messages: { body: RecoveryMessage }[] = [];
      for (let at = 0; at < targets.length; at += MESSAGE_TARGETS) {
        messages.push({ body: { ...order, targets: targets.slice(at, at + MESSAGE_TARGETS) } });
      }
      await this.env.RECOVERIES.sendBatch(messages);
      // After sending: dying in between sends them twice, which changes nothing.
      for (const { kind, id } of targets) {
        this.#sql.exec("UPDATE targets SET sentAt = ? WHERE kind = ? AND id = ?", Date.now(), kind, id);
      }
    }
    return rows.length === TURN_TARGETS;
  }

  /** Notes that somebody reports; not in a job that was dropped, which nothing would drop again. */
  #hears(): boolean {
    const isHere = this.#values.get("id") !== undefined;
    if (isHere) this.#values.set("reportedAt", Date.now());
    return isHere;
  }

  #end({ kind, id }: JobTarget, recovery: PlainRecovery, isFinal: boolean): void {
    const [row] = this.#sql.exec("SELECT outcome FROM targets WHERE kind = ? AND id = ?", kind, id).toArray();
    // Who was given up may still come back by a copy of the message that was at work.
    const isMadeGood = row?.outcome === "failed" && recovery.outcome === "recovered";
    if (!row || row.outcome !== null && !isMadeGood) return;
    if (isMadeGood) this.#values.add("failed", -1);
    const detail = JSON.stringify(recovery);
    if (!isFinal) {
      this.#sql.exec("UPDATE targets SET detail = ? WHERE kind = ? AND id = ?", detail, kind, id);
      return;
    }
    const seq = this.#values.add("seq", 1);
    this.#sql.exec(
      "UPDATE targets SET outcome = ?, seq = ?, detail = ? WHERE kind = ? AND id = ?",
      recovery.outcome,
      seq,
      recovery.outcome === "recovered" ? null : detail,
      kind,
      id,
    );
    this.#values.add(recovery.outcome, 1);
  }

  /** Ends the job when everything was found and ended. */
  async #finish(): Promise<boolean> {
    const progress = await this.progress();
    if (!progress || progress.status !== "running" || progress.remaining > 0) {
      return progress?.status === "done";
    }
    this.#values.set("finishedAt", String(Date.now()));
    await this.ctx.storage.setAlarm(Date.now() + KEPT_MS);
    return true;
  }

  get #app(): ReconnectApp {
    return this.#served ??= reconnectApp(this.env);
  }

  #isOpen(kind: string, id: string): boolean {
    return this.#sql.exec("SELECT 1 FROM targets WHERE kind = ? AND id = ? AND outcome IS NULL", kind, id)
      .toArray().length > 0;
  }

  #source(): JobSource | undefined {
    const source = this.#values.get("source");
    return source === undefined ? undefined : JSON.parse(source);
  }
}
