import { ObjectSql, type SqlHost } from "../durable/object_sql.ts";
import { CHANGES, type JobChanges, type JobReason, type JobReport, type JobTarget } from "./job_api.ts";
import { type JobFacts, progressOf } from "./job_facts.ts";
import { afterResult, givenUp, type JobStep, nextStep, sent, takenBack } from "./job_rules.ts";
import { JobTargets, TARGETS_SCHEMA } from "./job_targets.ts";
import { afterVerdict, verdictOn } from "./target_rules.ts";

const SCHEMA = {
  tables: ["CREATE TABLE job (id INTEGER PRIMARY KEY, facts TEXT NOT NULL)", ...TARGETS_SCHEMA],
  upgrades: [],
};
/** Targets given up at once. */
const GIVEN_UP = 1_000;

/** What a job keeps: its facts in one row, and its targets. Every change is one turn, whole or not at all. */
export class JobState {
  readonly #host: SqlHost;
  readonly #sql: ObjectSql;
  readonly #targets: JobTargets;

  /** Over the storage of a job's object. */
  constructor(host: SqlHost) {
    this.#host = host;
    this.#sql = new ObjectSql(host, SCHEMA);
    this.#targets = new JobTargets(this.#sql);
  }

  /** What the job knows of itself; `undefined` where there is no job. */
  get facts(): JobFacts | undefined {
    const [row] = this.#sql.exec("SELECT facts FROM job").toArray();
    return row && JSON.parse(String(row.facts));
  }

  /** Keeps `facts`. */
  keep(facts: JobFacts): void {
    this.#sql.exec("INSERT OR REPLACE INTO job VALUES (1, ?)", JSON.stringify(facts));
  }

  /** Keeps what `change` makes of the facts; nothing is written where they stay. What it voids is due again. */
  update(change: (facts: JobFacts) => JobFacts, now: number): void {
    this.#host.transactionSync(() => {
      const facts = this.facts;
      if (!facts) return;
      const next = change(facts);
      if (next === facts) return;
      if (next.round !== facts.round) this.#targets.takeBack(now);
      this.keep(next);
    });
  }

  /** What to do at `now`; `undefined` where there is no job. */
  nextStep(now: number, lostMs: number): JobStep | undefined {
    const { facts } = this;
    return facts && nextStep(facts, this.#targets.firstDueAt(), now, lostMs);
  }

  /** Adds targets that are not there. */
  add(targets: readonly JobTarget[], now: number): void {
    this.update((facts) => ({ ...facts, total: facts.total + this.#targets.add(targets) }), now);
  }

  /**
   * Those of `targets` that were sent in `round` and are under way. What counted as lost was only late: it is under way
   * again, so that a slow queue costs no target its turn. Of a job that waits only the probe is.
   */
  open(round: number, targets: readonly JobTarget[], now: number): readonly JobTarget[] {
    this.update((facts) => {
      if (facts.round !== round || facts.stop) return facts;
      const late = targets.filter((target) => this.#targets.isDue(target, now));
      if (late.length === 0) return facts;
      this.#targets.sent(late);
      return sent(facts, late.length, now);
    }, now);
    if (this.facts?.round !== round) return [];
    return targets.filter((target) => this.#targets.state(target)?.isUnderWay);
  }

  /** Takes the first targets that are due by `dueAt`, at most `most`: they are under way from now on. */
  takeDue(dueAt: number, most: number, now: number): readonly JobTarget[] {
    const targets = this.#targets.due(dueAt, most);
    this.update((facts) => {
      this.#targets.sent(targets);
      return sent(facts, targets.length, now);
    }, now);
    return targets;
  }

  /** Lets what is under way be due again: it counts as lost. */
  takeBack(now: number): void {
    this.update((facts) => {
      this.#targets.takeBack(now);
      return takenBack(facts, now);
    }, now);
  }

  /** Ends targets that are left, some at a time, with the last reason of each. */
  giveUp(now: number): void {
    this.update((facts) => {
      const reason = progressOf(facts).problem ?? "";
      this.#targets.takeBack(now);
      return givenUp(facts, this.#targets.giveUp(GIVEN_UP, facts.seq, reason));
    }, now);
  }

  /** Takes reports: first what they say of everybody, then of each target. */
  report(reports: readonly JobReport[], now: number): void {
    const isOpen = ({ target }: JobReport): boolean => this.#targets.state(target)?.outcome === undefined;
    this.update((facts) =>
      reports.filter(isOpen).reduce(
        (so, { recovery }) => recovery ? afterResult(so, recovery, now) : so,
        facts,
      ), now);
    this.update((facts) => reports.reduce((so, each) => this.#reportOne(so, each, now), facts), now);
  }

  /** What changed after `seq`; `undefined` where there is no job. */
  changes(seq: number): JobChanges | undefined {
    const { facts } = this;
    if (!facts) return undefined;
    const unrecovered = this.#targets.unrecovered(seq, CHANGES);
    const last = unrecovered.length === CHANGES ? unrecovered.at(-1)?.seq : undefined;
    return { progress: progressOf(facts), seq: last ?? facts.seq, unrecovered };
  }

  /** Why targets ended without tokens. */
  reasons(): readonly JobReason[] {
    return this.facts ? this.#targets.reasons() : [];
  }

  /** Removes what is kept of one besides that it was one of many; tells whether the job has it. */
  erase(target: JobTarget): boolean {
    return this.#targets.erase(target);
  }

  /** Tells that everything was deleted. */
  wasEmptied(): void {
    this.#sql.wasEmptied();
  }

  #reportOne(facts: JobFacts, { target, recovery }: JobReport, now: number): JobFacts {
    const state = this.#targets.state(target);
    if (!state) return facts;
    const verdict = verdictOn(facts, state, recovery, now);
    const next = afterVerdict(facts, state, verdict, now);
    switch (verdict.is) {
      case "ended":
        this.#targets.end(target, verdict.as, recovery, next.seq);
        break;
      case "made good":
        this.#targets.end(target, "recovered", recovery, next.seq);
        break;
      case "due":
        this.#targets.again(target, verdict.at, verdict.tries, recovery);
        break;
      case "nothing new":
        break;
    }
    return next;
  }
}
