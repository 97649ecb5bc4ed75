import { HighLevelError } from "../../oauth/mod.ts";
import { logError } from "../log.ts";
import { endingBody, overdueBody, unlistedBody } from "./alert_text.ts";
import { compareKeys } from "./compare_keys.ts";
import type { ConnectionRows } from "./connection_rows.ts";
import type { FactTable } from "./directory_facts.ts";
import type { NamedList } from "./named_list.ts";
import type { SweepHost } from "./sweep_host.ts";
import { findingsOf, isOtherName } from "./sweep_rules.ts";
import { newSweep, type SweepState } from "./sweep_state.ts";
import { agesIn } from "./token_ages.ts";
import type { TodoItem, TodoList } from "./todo_list.ts";

/** Calls of one turn after which nothing further begins, and those at once. Cloudflare allows 1,000. */
const TURN_CALLS = 250;
const AT_ONCE = 25;
/** Pages of KV's keys in one turn: each is compared in a few hundredths of a second, in which nobody else is answered. */
const TURN_PAGES = 20;
/** Pages of installed locations that are read of one agency, at most. */
const AGENCY_PAGES = 200;
/** Agencies in a row that cannot be asked: then HighLevel cannot, and tomorrow is another day. */
const MOST_REFUSALS = 3;
/** Connections named in one warning. */
const NAMED = 20;

/** What a {@linkcode Sweep} works on. */
export interface SweepParts {
  /** The directory's rows. */
  readonly rows: ConnectionRows;
  /** What it remembers. */
  readonly facts: FactTable;
  /** What is to be done by a call. */
  readonly todo: TodoList;
  /** Connections whose refresh tokens end soon. */
  readonly ending: NamedList;
  /** Connections that were due and not done. */
  readonly overdue: NamedList;
  /** Those of them that people were told of by the sweep before. */
  readonly overdueTold: NamedList;
  /** Connections that HighLevel does not list any more. */
  readonly unlisted: NamedList;
}

/**
 * The daily sweep over KV and the directory's rows, and the building anew, in turns that each make few calls. Where a turn
 * dies it is done again: every step can be.
 */
export class Sweep {
  readonly #parts: SweepParts;
  #turning: Promise<boolean> | undefined;

  /** A sweep over `parts`. */
  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  /** Where it is. */
  get state(): SweepState | undefined {
    return this.#parts.facts.get("sweep");
  }

  /** Begins, unless one is under way. */
  begin(now: number, isBuilding: boolean): void {
    const { facts, ending, overdue, unlisted } = this.#parts;
    const before = this.state;
    if (before && before.part !== "idle") return;
    ending.clear();
    overdue.clear();
    unlisted.clear();
    facts.set("sweep", newSweep(before, now, isBuilding));
  }

  /** Does one turn, or joins the one under way; tells whether there is more to do. */
  async turn(host: SweepHost, now: number): Promise<boolean> {
    return await (this.#turning ??= this.#turn(host, now).finally(() => this.#turning = undefined));
  }

  async #turn(host: SweepHost, now: number): Promise<boolean> {
    for (let calls = 0, pages = 0; calls < TURN_CALLS && pages < TURN_PAGES;) {
      const items = this.#parts.todo.first(TURN_CALLS - calls);
      if (items.length > 0) {
        await this.#doAll(items, host, now);
        calls += items.length;
        continue;
      }
      const { state } = this;
      switch (state?.part) {
        case "kv":
          await this.#readKeys(state, host, now);
          calls++;
          pages++;
          break;
        case "agencies":
          calls += await this.#askNextAgency(state, host, now);
          break;
        case "idle":
        case undefined:
          return false;
      }
    }
    return true;
  }

  /** Reads one page of keys. */
  async #readKeys(before: SweepState, host: SweepHost, now: number): Promise<void> {
    const { facts } = this.#parts;
    const { readsNames } = host;
    const state = compareKeys({ ...this.#parts, readsNames }, before, await host.keys(before.cursor), now);
    if (state.part !== "idle") return facts.set("sweep", state);
    facts.set("sweep", { ...state, endedAt: now });
    facts.set("builtAt", now);
  }

  /** Asks HighLevel which locations the next agency has; ends the sweep after the last one. Tells how many calls it took. */
  async #askNextAgency(state: SweepState, host: SweepHost, now: number): Promise<number> {
    const { facts, rows } = this.#parts;
    const [company] = rows.between("company", state.company ?? "", "~", 1);
    if (!company || state.refusals >= MOST_REFUSALS) return await this.#end(state, host, now);
    const asked = company.status === "connected"
      ? await this.#askAgency(company.id, host)
      : { calls: 0, isRefused: false };
    const refusals = asked.isRefused ? state.refusals + 1 : 0;
    facts.set("sweep", { ...state, company: company.id, refusals });
    return asked.calls;
  }

  /** Compares the locations of one agency: those not known here are told so, those not listed there are named. */
  async #askAgency(companyId: string, host: SweepHost): Promise<{ calls: number; isRefused: boolean }> {
    const { rows, todo, unlisted } = this.#parts;
    let calls = 1;
    try {
      const accessToken = await host.token(companyId);
      if (accessToken === undefined) return { calls, isRefused: false };
      const listed = new Set<string>();
      let isWhole = true;
      for await (const { locationId, name } of host.installed(companyId, accessToken)) {
        listed.add(locationId);
        calls = 2 + Math.floor(listed.size / host.pageSize);
        const key = { kind: "location", id: locationId } as const;
        const row = rows.get(key);
        if (!row && !rows.gone(key)) todo.add("install", key, { companyId });
        if (row && name !== undefined && isOtherName(row, name)) todo.add("name", key, { name });
        if (listed.size >= AGENCY_PAGES * host.pageSize) {
          isWhole = false;
          break;
        }
      }
      for (const id of isWhole ? rows.locationsOf(companyId) : []) {
        if (!listed.has(id)) unlisted.add({ kind: "location", id });
      }
      return { calls, isRefused: false };
    } catch (error) {
      logError(error, { outcome: "passed_over", sweep: "agencies" });
      return { calls, isRefused: error instanceof HighLevelError && error.retryable };
    }
  }

  /** Tells what was found, and rests. */
  async #end(state: SweepState, host: SweepHost, now: number): Promise<number> {
    const { facts, ending, overdue, overdueTold, unlisted } = this.#parts;
    const count = unlisted.count();
    const undone = overdue.beside(overdueTold, NAMED);
    if (undone.count > 0) await host.tell(overdueBody(undone.count, undone.first));
    if (ending.count() > 0) await host.tell(endingBody(ending.count(), ending.first(NAMED)));
    // The same number as yesterday is no news.
    if (count > 0 && count !== state.unlistedBefore) {
      await host.tell(unlistedBody(count, unlisted.first(NAMED)));
    }
    ending.clear();
    unlisted.clear();
    facts.set("swept", { ...agesIn(state), endedAt: now, overdue: overdue.count() });
    overdueTold.take(overdue);
    facts.set("sweep", { ...state, part: "idle", endedAt: now, unlisted: count });
    return 3;
  }

  /** Does what was found, some at once. One that fails is found again by the next sweep. */
  async #doAll(items: readonly TodoItem[], host: SweepHost, now: number): Promise<void> {
    for (let at = 0; at < items.length; at += AT_ONCE) {
      await Promise.all(
        items.slice(at, at + AT_ONCE).map(async (item) => {
          await this.#do(item, host, now).catch((error: unknown) =>
            logError(error, { outcome: "passed_over", sweep: item.what })
          );
          this.#parts.todo.done(item);
        }),
      );
    }
  }

  async #do({ what, key, companyId, name }: TodoItem, host: SweepHost, now: number): Promise<void> {
    const { rows, todo } = this.#parts;
    switch (what) {
      case "read": {
        const summary = await host.read(key);
        const held = rows.get(key);
        const gone = rows.gone(key);
        for (const finding of summary ? findingsOf({ key, summary, held, gone }, now) : []) {
          if (finding.do === "put") {
            rows.put(finding.row, held?.seq ?? gone?.seq ?? 0, summary?.updatedAt ?? now);
          }
          if (finding.do === "wake") {
            todo.add("wake", key);
            if (finding.isUnexplained) this.#parts.overdue.add(key);
          }
        }
        return;
      }
      case "look": {
        const row = await host.look(key);
        const held = rows.get(key);
        // What was reported meanwhile is younger.
        if (row && held && row.status === held.status && held.cause === undefined) {
          rows.put({ ...row, since: held.since }, held.seq, held.updatedAt);
        }
        return;
      }
      case "wake":
        return await host.wake(key);
      case "install":
        return await host.install(key, companyId);
      case "erase":
        return await host.erase(key);
      case "name":
        return await host.name(key, name);
    }
  }
}
