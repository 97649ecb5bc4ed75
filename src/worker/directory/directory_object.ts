import { defined } from "../../oauth/host.ts";
import { Schedule, type ScheduledItem } from "../durable/schedule.ts";
import type { StoredRecord } from "../../stores/mod.ts";
import { type EventKeeper, putKeptEvents } from "../events/keep_events.ts";
import type { WorkerEnv } from "../env.ts";
import { mayReadNames } from "../http/location_name.ts";
import { type KindAndId, targetOf } from "../kind_and_id.ts";
import { type ReconnectApp, reconnectApp } from "../reconnect_app.ts";
import { AlertOutbox } from "./alert_outbox.ts";
import { changeNote } from "./change_note.ts";
import { Campaigns } from "./campaigns.ts";
import { ConnectionRows, type RowKey } from "./connection_rows.ts";
import { dailyRound } from "./daily_round.ts";
import type {
  ActivityHour,
  DirectoryApi,
  DirectoryCounts,
  DirectoryFilter,
  DirectoryPage,
  DirectoryQuery,
  DirectoryReport,
  SweepProgress,
} from "./directory_api.ts";
import { type DirectoryMetrics, readMetrics } from "./directory_metrics.ts";
import { FactTable } from "./directory_facts.ts";
import { DirectoryLists } from "./directory_lists.ts";
import type { DirectorySql } from "./directory_sql.ts";
import { DIRECTORY_WORK, type DirectoryWork, waitsWhileReadOnly } from "./directory_work.ts";
import { type ErasedRow, eraseRow } from "./erase_row.ts";
import { Hours } from "./hours.ts";
import { type KeyList, knownKeys } from "./known_keys.ts";
import { NamedList } from "./named_list.ts";
import { RelinkDirectory } from "./relink_directory.ts";
import { migrate } from "./schema.ts";
import { sendLinks } from "./send_links.ts";
import { SharedNotes } from "./shared_notes.ts";
import { Sweep } from "./sweep.ts";
import { sweepCalls } from "./sweep_calls.ts";
import { takeOverHours } from "./take_over_hours.ts";
import { takeReports } from "./take_reports.ts";
import { type Chat, tellPeople } from "./tell_people.ts";
import { TodoList } from "./todo_list.ts";
import { Totals } from "./totals.ts";

/** The object that counted for the dashboard before there was a directory. */
const FORMER_NAME = "all";
/** While the rows are built anew a sweep waits this long before it looks again, ms. */
const WAIT_FOR_ROWS_MS = 10_000;
/** Names that are not known are asked for together, after this, ms. */
const NAMES_TOGETHER_MS = 60_000;
/** While the worker is read-only no sweep begins or goes on; that is looked at again after this, ms. */
const READ_ONLY_PAUSE_MS = 15 * 60_000;
/** What is remembered of rows that went, ms: as long as their tombstones, and a day. */
const GONE_KEPT_MS = 92 * 24 * 3_600_000;

/**
 * One app's directory: a row per connection and counts by the hour, as the connections' objects report them, with lists,
 * counts and search on top; alerts in digests; and the daily sweep. It decides nothing about tokens, and nothing waits for
 * it: when it is lost, it builds itself anew from KV.
 */
export class DirectoryObject extends RelinkDirectory implements DirectoryApi {
  readonly #schedule: Schedule<DirectoryWork>;
  readonly #rows: ConnectionRows;
  readonly #lists: DirectoryLists;
  readonly #hours: Hours;
  readonly #facts: FactTable;
  readonly #alerts: AlertOutbox;
  readonly #todo: TodoList;
  readonly #nameless: NamedList;
  readonly #sweep: Sweep;
  readonly #notes: SharedNotes;
  readonly #totals: Totals;
  #app: ReconnectApp | undefined;

  /** The directory in an object's SQLite. */
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
    const sql: DirectorySql = ctx.storage.sql;
    ctx.storage.transactionSync(() => migrate(sql));
    this.#schedule = new Schedule(ctx.storage, ctx.storage.sql, DIRECTORY_WORK);
    ctx.blockConcurrencyWhile(() => this.#schedule.armIfMissing());
    const rows = this.#rows = new ConnectionRows(sql);
    const facts = this.#facts = new FactTable(sql);
    this.#lists = new DirectoryLists(sql);
    this.#hours = new Hours(sql);
    this.#alerts = new AlertOutbox(sql, facts);
    this.#notes = new SharedNotes(sql);
    this.#todo = new TodoList(sql);
    this.#nameless = new NamedList(sql, "nameless");
    this.#totals = new Totals(sql);
    this.#sweep = new Sweep({
      rows,
      facts,
      todo: this.#todo,
      ending: new NamedList(sql, "ending"),
      overdue: new NamedList(sql, "overdue"),
      overdueTold: new NamedList(sql, "overdue_told"),
      unlisted: new NamedList(sql, "unlisted"),
    });
  }

  /** See {@linkcode DirectoryApi.report}. */
  async report(reports: readonly DirectoryReport[]): Promise<void> {
    const now = Date.now();
    const { alertWebhookUrl, scope } = this.#served().settings;
    const tables = {
      rows: this.#rows,
      hours: this.#hours,
      totals: this.#totals,
      alerts: alertWebhookUrl === undefined ? undefined : this.#alerts,
      nameless: mayReadNames(scope) ? this.#nameless : undefined,
    };
    const { isNews, asksNames } = this.ctx.storage.transactionSync(() => takeReports(tables, reports, now));
    if (isNews) await this.#schedule.set("tell", now);
    const isFirst = asksNames && !this.#schedule.get("names");
    if (isFirst) await this.#schedule.set("names", now + NAMES_TOGETHER_MS);
    await this.#beWhole();
  }

  /** See {@linkcode DirectoryApi.list}. */
  override async list(query: DirectoryQuery): Promise<DirectoryPage> {
    const isComplete = await this.#beWhole();
    return { ...this.#lists.page(query), isComplete };
  }

  /** See {@linkcode DirectoryApi.counts}. */
  async counts(filter: DirectoryFilter = {}): Promise<DirectoryCounts> {
    const isComplete = await this.#beWhole();
    return { ...this.#lists.counts(filter), isComplete };
  }

  /** See {@linkcode DirectoryApi.keys}. */
  async keys({ after, limit }: { readonly after?: RowKey; readonly limit: number }): Promise<KeyList> {
    const isComplete = await this.#beWhole();
    const keys = knownKeys(this.ctx.storage.sql, after, limit + 1);
    return { keys: keys.slice(0, limit), isMore: keys.length > limit, isComplete };
  }

  /** See {@linkcode DirectoryApi.erase}. */
  erase(key: RowKey): Promise<ErasedRow> {
    const { storage } = this.ctx;
    return Promise.resolve(storage.transactionSync(() => eraseRow(storage.sql, this.#rows, key, Date.now())));
  }

  /** See {@linkcode DirectoryApi.hours}. */
  hours(from: number): Promise<readonly ActivityHour[]> {
    return Promise.resolve(this.#hours.since(from));
  }

  /** See {@linkcode DirectoryApi.noteLinksMade}. */
  noteLinksMade(connections: readonly KindAndId[], at: number): Promise<void> {
    return Promise.resolve(this.#rows.noteLinksMade(connections, at));
  }

  /** See {@linkcode DirectoryApi.startSweep}. */
  async startSweep(): Promise<void> {
    await this.#beWhole();
    await this.#schedule.set("daily", Date.now());
  }

  /** See {@linkcode DirectoryApi.sweepProgress}. */
  sweepProgress(): Promise<SweepProgress> {
    const { part = "idle", endedAt, keys = 0, woken = 0 } = this.#sweep.state ?? {};
    return Promise.resolve({ part, keys, woken, ...(endedAt !== undefined && { endedAt }) });
  }

  /** See {@linkcode DirectoryApi.metrics}. */
  async metrics(): Promise<DirectoryMetrics> {
    const isComplete = await this.#beWhole();
    return defined({ ...readMetrics(this.ctx.storage.sql), isComplete, swept: this.#facts.get("swept") });
  }

  /** See {@linkcode DirectoryApi.noteAnswers}. */
  noteAnswers(counts: Readonly<Record<string, number>>): Promise<void> {
    for (const [status, n] of Object.entries(counts)) this.#totals.add("answers", status, n);
    return Promise.resolve();
  }

  /** See {@linkcode DirectoryApi.note}. */
  note(key: string): Promise<StoredRecord | undefined> {
    return Promise.resolve(this.#notes.get(key, Date.now()));
  }

  /** See {@linkcode DirectoryApi.putNote}. */
  async putNote(key: string, record: StoredRecord): Promise<void> {
    await changeNote(this.#notes, this.#eventKeeper(), key, record);
  }

  /** See {@linkcode DirectoryApi.dropNote}. */
  async dropNote(key: string): Promise<void> {
    await changeNote(this.#notes, this.#eventKeeper(), key, undefined);
  }

  /** See {@linkcode DirectoryApi.sendCampaign}. */
  async sendCampaign(id: string): Promise<void> {
    new Campaigns(this.ctx.storage.sql).startSending(id);
    await this.#schedule.set("send", Date.now());
  }

  /** See {@linkcode DirectoryApi.handOver}. */
  handOver(): Promise<readonly ActivityHour[]> {
    return this.hours(0);
  }

  /** Does what is due. */
  override async alarm(): Promise<void> {
    await this.#schedule.run(Date.now(), (item) => this.#work(item));
  }

  /** Does what is due. What throws here is due again later. */
  async #work({ name, attempt, mark }: ScheduledItem<DirectoryWork>): Promise<void> {
    const now = Date.now();
    const waits = waitsWhileReadOnly(name, this.#sweep.state?.isBuilding);
    if (waits && this.#served().settings.readOnly) {
      return await this.#schedule.set(name, now + READ_ONLY_PAUSE_MS);
    }
    switch (name) {
      case "turn":
        await takeOverHours(this.ctx.storage, { facts: this.#facts, hours: this.#hours }, () => {
          return this.env.DIRECTORY.get(this.env.DIRECTORY.idFromName(FORMER_NAME));
        }, now);
        if (await this.#sweep.turn(sweepCalls(this.#served(), this.#chat()), now)) {
          await this.#schedule.set("turn", now);
        } else if (this.#schedule.get("daily")) await this.#schedule.set("daily", now); // it waited for the rows
        return;
      case "events":
        return await putKeptEvents(this.#eventKeeper());
      case "names":
        this.#todo.addNames();
        return await this.#schedule.set("turn", now);
      case "send":
        if (!await sendLinks(this.#served(), new Campaigns(this.ctx.storage.sql), now)) return;
        return await this.#schedule.set("send", now);
      case "daily":
        return await this.#beginSweep(now);
      case "tell":
        return await tellPeople(this.#served(), this.#chat(), { name, attempt, mark }, now);
    }
  }

  async #beginSweep(now: number): Promise<void> {
    const { state } = this.#sweep;
    if (state && state.part !== "idle") {
      // One that builds is no sweep: it wakes nobody. Another sweep goes on by itself.
      if (state.isBuilding) await this.#schedule.set("daily", now + WAIT_FOR_ROWS_MS);
      return;
    }
    const [inTrouble] = [
      ...this.#lists.page({ status: "reauthorization_required", limit: 1 }).rows,
      ...this.#lists.page({ status: "broken", limit: 1 }).rows,
    ];
    await dailyRound(this.#served(), inTrouble && targetOf(inTrouble), this.#chat(), now);
    this.#hours.dropOld(now);
    this.#rows.dropGone(now - GONE_KEPT_MS);
    this.#sweep.begin(now, false);
    await this.#schedule.set("turn", now);
  }

  /** Whether every connection has its row here; where the directory is new or was lost, it begins to see to that. */
  async #beWhole(): Promise<boolean> {
    if (this.#facts.get("builtAt") !== undefined) return true;
    if (this.#sweep.state === undefined) {
      const now = Date.now();
      this.#sweep.begin(now, true);
      await this.#schedule.set("turn", now);
    }
    return false;
  }

  #eventKeeper(): EventKeeper {
    return { app: this.#served(), facts: this.#facts, schedule: this.#schedule };
  }

  #chat(): Chat {
    return { alerts: this.#alerts, schedule: this.#schedule };
  }

  #served(): ReconnectApp {
    return this.#app ??= reconnectApp(this.env);
  }
}
