// One run: two processes, one store, one HighLevel, and the decisions that make it what it is.
import { decodeRecord } from "../../src/connections/codec.ts";
import type { Connections } from "../../src/connections/connections.ts";
import type { ConnectionRecord } from "../../src/connections/record.ts";
import type { StoredRecord } from "../../src/stores/token_store.ts";
import { AHEAD_MS, EXCUSES, type Fault, FAULTS_OF, LATE_MS, SLOW_MS, STOPPED_MS } from "./faults.ts";
import { hashOf } from "./hash.ts";
import { HighLevel } from "./highlevel.ts";
import { perform } from "./perform.ts";
import { type Effect, type EffectKind, Process } from "./process.ts";
import { SharedStore, type StoreTraits } from "./shared_store.ts";
import { type CallName, LOCATION, REVIVES, type Start } from "./starts.ts";
import { drained, type Timer, VirtualTime } from "./virtual_time.ts";

/** Which run: all that is not decided on the way. */
export interface RunOptions {
  readonly start: Start;
  /** HighLevel's window, ms. */
  readonly windowMs: number;
  /** Whether Reconnect answers. */
  readonly hasReconnect: boolean;
  /** Whether the store has no versions and no lock, and its reads lag. @default false */
  readonly isLagging?: boolean;
  /** How long the lock of a silent holder keeps others waiting, ms. @default 10_000 */
  readonly leaseMs?: number;
  /** The connections' class: a planted fault brings another one. */
  readonly Connections: typeof Connections;
  /** Whether forgetting wins over whatever was called before it, also over what had not looked at the store yet. @default false */
  readonly countsFromCall?: boolean;
  /** What the store does without. */
  readonly traits?: StoreTraits;
}

/** One way on. */
export interface Option {
  readonly name: string;
  readonly preemptions: number;
  readonly faults: number;
  readonly take: () => Promise<void>;
}

/** Chooses one of `options`, of which the first is the way by itself; ends the run where it gives none. */
export type Choose = (options: readonly Option[], run: Run) => Option | undefined;

/** Where one process runs after another: the next one starts when one died. */
interface Slot {
  readonly letter: string;
  aheadMs: number;
  starts: number;
  process: Process | undefined;
  /** What the process to come is asked for. */
  next: CallName | undefined;
}

/** What a store that is down does not do. */
const OF_STORE: ReadonlySet<EffectKind> = new Set<EffectKind>(["get", "put", "delete", "lock", "unlock"]);
const STARTED_AT = Date.UTC(2026, 10, 24);

/** A run under way. */
export class Run {
  readonly options: RunOptions;
  readonly time = new VirtualTime(STARTED_AT);
  readonly store: SharedStore;
  readonly highLevel: HighLevel;
  /** Where the record is kept. */
  readonly key: string;
  readonly processes: Process[] = [];
  /** What went wrong on the way, by decision. */
  readonly faults: Fault[] = [];
  /** All that was done, in order. */
  readonly trace: string[] = [];
  /** What may not be. */
  readonly violations: string[] = [];
  /** Whether a tombstone was ever written. */
  isBuried = false;
  readonly #slots: Slot[];
  #last: Slot | undefined;
  #isFull = false;
  #isDown = false;
  #isBuriedBlindly = false;
  #areClocksSet = false;

  constructor(options: RunOptions) {
    this.options = options;
    const now = (): number => this.time.at;
    this.store = new SharedStore(now, options.leaseMs ?? 10_000, options.traits);
    this.highLevel = new HighLevel({
      now,
      windowMs: options.windowMs,
      isGuarded: !options.isLagging,
      onViolation: (what) => this.violations.push(what),
      isNoted: (refreshToken) => {
        const { status, spendingSince, tokens } = this.record() ?? {};
        if (status === "forgotten") return true; // it came after the note
        return spendingSince !== undefined && tokens?.refreshToken === refreshToken;
      },
    });
    this.key = `${this.highLevel.app.clientId.split("-")[0]}/location/${LOCATION.locationId}`;
    this.#slots = options.start.calls.map((next, index) => slotOf("AB"[index] ?? "", next));
    options.start.prepare(this);
    if (!options.hasReconnect) this.highLevel.sandbox.removeReconnect();
  }

  /** What stands in the store. */
  record(): ConnectionRecord | undefined {
    const stored = this.store.get(this.key);
    return stored && decodeRecord(stored);
  }

  /** Goes on until nothing more happens. Tells whether that came, or `choose` ended it before. */
  async go(choose: Choose): Promise<boolean> {
    for (;;) {
      const options = this.#areClocksSet ? this.#options() : this.#clocks();
      if (options.length === 0) {
        if (this.#letTimePass()) continue;
        return true;
      }
      const option = choose(options, this);
      if (!option) return false;
      this.trace.push(option.name);
      await option.take();
      await drained();
      if (this.trace.length > 1_000) this.violations.push("it goes on for ever");
      if (this.violations.length > 0) return true;
    }
  }

  /** Lets one more process start, whose clock is right. */
  add(letter: string, call: CallName): void {
    this.#slots.push(slotOf(letter, call));
  }

  /** What is full takes writes again. */
  endFaults(): void {
    this.#isFull = this.#isDown = false;
  }

  /** Has `process` do something more. */
  async have(process: Process, work: (process: Process) => Promise<unknown>): Promise<void> {
    this.time.running = process;
    work(process).catch((error: unknown) => this.violations.push(`${process.name}: ${error}`));
    await drained(); // what it sets timers for is its own
  }

  /** The processes that live. */
  living(): readonly Process[] {
    return this.processes.filter(({ isDead }) => !isDead);
  }

  /** All that decides how the run can go on, and what is thought of it. */
  state(): number {
    const { time, store, highLevel, processes } = this;
    const parts: unknown[] = [time.at, this.#last?.letter, this.#isFull, this.#areClocksSet, this.isBuried];
    parts.push(this.#isDown, this.#isBuriedBlindly, this.faults.some((fault) => EXCUSES.has(fault)));
    for (const { letter, aheadMs, next, process } of this.#slots) {
      parts.push(letter, aheadMs, next, process?.name);
    }
    for (const owner of [undefined, ...processes]) {
      for (const { due, label } of time.timersOf(owner)) parts.push(due, label);
      if (owner) parts.push(owner.state());
    }
    parts.push(store.state((who) => who instanceof Process ? who.name : ""), highLevel.state());
    return hashOf(parts.join(" "));
  }

  #clocks(): Option[] {
    const start = (): Promise<void> => Promise.resolve(void (this.#areClocksSet = true));
    const ahead = this.#slots.map((slot) => ({
      name: `${slot.letter} is ahead`,
      preemptions: 0,
      faults: 1,
      take: () => {
        this.faults.push("clock");
        slot.aheadMs = AHEAD_MS;
        return start();
      },
    }));
    return [{ name: "clocks", preemptions: 0, faults: 0, take: start }, ...ahead];
  }

  #options(): Option[] {
    const ready = this.#slots.filter((slot) => this.#isReady(slot));
    // Who ran last goes on; where it cannot, anybody may.
    const last = ready.find((slot) => slot === this.#last);
    const inOrder = last ? [last, ...ready.filter((slot) => slot !== last)] : ready;
    return inOrder.flatMap((slot) => this.#optionsOf(slot, last && slot !== last ? 1 : 0));
  }

  #isReady({ letter, process, next }: Slot): boolean {
    // Who of two that do the same is called A does not matter.
    const [one, other] = this.options.start.calls;
    if (letter === "B" && one === other && this.processes.length === 0) return false;
    if (!process) return next !== undefined;
    if (process.sleepsUntil !== undefined) return false;
    return process.effects.some(({ isReady }) => isReady()) || this.#dueTimer(process) !== undefined;
  }

  #dueTimer(process: Process): Timer | undefined {
    const [timer] = this.time.timersOf(process);
    return timer && timer.due <= this.time.at ? timer : undefined;
  }

  #optionsOf(slot: Slot, preemptions: number): Option[] {
    const { process, next } = slot;
    const option = (name: string, work: () => Promise<void> | void, fault?: Fault): Option => ({
      name: fault ? `${name} ${fault}` : name,
      preemptions,
      faults: fault ? 1 : 0,
      take: async () => {
        this.#last = slot;
        this.time.running = process;
        if (fault) this.faults.push(fault);
        await work();
      },
    });
    if (!process) {
      return next ? [option(`${slot.letter}${slot.starts + 1}.start`, () => this.#start(slot, next))] : [];
    }
    const effect = process.effects.find(({ isReady }) => isReady());
    const timer = this.#dueTimer(process);
    if (effect) {
      const faults = this.#faultsOf(process, effect).map((fault) =>
        option(effect.label, () => this.#meet(slot, process, effect, fault), fault)
      );
      return [option(effect.label, () => this.#carryOut(process, effect)), ...faults];
    }
    return timer ? [option(`${process.name}.timer`, () => this.#fire(process, timer))] : [];
  }

  #faultsOf(process: Process, { kind, staleWork }: Effect): readonly Fault[] {
    const faults = FAULTS_OF[kind].filter((fault) => {
      if (this.#isDown && OF_STORE.has(kind)) return false; // nothing more can be wrong with it
      if (fault === "full") return !this.#isFull;
      return fault !== "stale" || this.options.isLagging && staleWork;
    });
    return process.held ? [...faults, "naps", "sleeps"] : faults;
  }

  #start(slot: Slot, call: CallName): void {
    const { Connections, isLagging = false } = this.options;
    const process = new Process(`${slot.letter}${++slot.starts}`, call, slot.aheadMs, {
      Connections,
      store: this.store,
      highLevel: this.highLevel,
      now: () => this.time.at,
      isLagging,
      onWritten: (process, record, before) => this.#lookAtWrite(process, record, before),
    });
    if (call === "forget") {
      // Across processes a recovery by request, and an authorisation, count from their first look at the store: no two clocks are compared.
      const { countsFromCall = false } = this.options;
      for (const other of this.living()) other.isBeforeForgetting = countsFromCall || other.hasLooked;
    }
    this.processes.push(process);
    slot.process = process;
    slot.next = undefined;
    this.time.running = process;
    perform(process, call, this.highLevel).then((end) => {
      process.end = end;
      if (end.code?.includes(":")) this.violations.push(`${process.name} ends with ${end.code}`);
      if (end.token === undefined || this.highLevel.sandbox.isLiving(end.token)) return;
      this.violations.push(`${process.name} is given a dead token`);
    });
  }

  #fire(process: Process, timer: Timer): void {
    process.learn("timer", timer.label);
    this.time.fire(timer);
  }

  async #carryOut(process: Process, effect: Effect): Promise<void> {
    const isRefused = this.#isDown && OF_STORE.has(effect.kind) || this.#isFull && effect.kind === "put";
    if (isRefused) return this.#refuse(process, effect);
    process.take(effect);
    const tell = await effect.work();
    tell();
  }

  #refuse(process: Process, effect: Effect): void {
    process.take(effect);
    if (effect.kind === "put") process.hasStoreTrouble = true;
    if (effect.kind === "get") process.hasReadTrouble = true;
    if (effect.kind === "unlock") this.store.fallSilent(process);
    effect.fail(new TypeError("refused"));
  }

  async #meet(slot: Slot, process: Process, effect: Effect, fault: Fault): Promise<void> {
    if (effect.kind === "put") process.hasStoreTrouble = true;
    if (effect.kind === "get") process.hasReadTrouble = true;
    switch (fault) {
      case "crash before":
        return this.#die(slot, process);
      case "crash after":
        await effect.work();
        return this.#die(slot, process);
      case "full":
        this.#isFull = true;
        return this.#refuse(process, effect);
      case "down":
        this.#isDown = true;
        return this.#refuse(process, effect);
      case "refused":
        return this.#refuse(process, effect);
      case "answer lost":
        process.take(effect);
        await effect.work();
        return effect.fail(new TypeError("the answer is lost"));
      case "hangs":
        process.take(effect);
        return effect.kind === "unlock" ? this.store.fallSilent(process) : undefined;
      case "hangs after":
        process.take(effect);
        return void await effect.work();
      case "late":
        process.take(effect);
        return void this.time.setFor(undefined, () => void effect.work(), LATE_MS, effect.label);
      case "slow": {
        process.take(effect);
        return void this.time.setFor(process, await effect.work(), SLOW_MS, effect.label);
      }
      case "stale":
        process.take(effect);
        return (await effect.staleWork?.())?.();
      case "naps":
      case "sleeps":
        process.hasSlept = true;
        process.sleepsUntil = this.time.at + STOPPED_MS[fault];
        return this.store.fallSilent(process);
      case "clock":
        return;
    }
  }

  #die(slot: Slot, process: Process): void {
    process.isDead = true;
    process.effects = [];
    this.time.clearAll(process);
    this.store.fallSilent(process);
    slot.process = undefined;
    // A person who had come is not there again, and whoever asked to forget believes that it is done.
    slot.next = process.call === "recover" ? "recover" : "accessToken";
  }

  /** Nobody can go on: the next moment comes at which somebody can. Tells whether there is one. */
  #letTimePass(): boolean {
    const { time, store, key } = this;
    const awake = this.living().filter(({ sleepsUntil }) => sleepsUntil === undefined);
    const sleepers = this.living().filter(({ sleepsUntil }) => sleepsUntil !== undefined);
    const isLockWanted = awake.some(({ effects }) => effects.some(({ kind }) => kind === "lock"));
    const moments = [
      ...[undefined, ...awake].flatMap((owner) => time.timersOf(owner).map(({ due }) => due)),
      ...sleepers.map(({ sleepsUntil = Infinity }) => sleepsUntil),
      isLockWanted ? store.freeAt(key) ?? Infinity : Infinity,
    ];
    const next = Math.min(...moments);
    if (next === Infinity) return false;
    time.at = Math.max(time.at, next);
    for (const timer of time.timersOf(undefined)) if (timer.due <= time.at) time.fire(timer);
    for (const sleeper of sleepers) {
      if ((sleeper.sleepsUntil ?? Infinity) > time.at) continue;
      sleeper.sleepsUntil = undefined;
      store.wakeUp(sleeper);
    }
    return true;
  }

  /** A tombstone is written over only by what began after the forgetting. */
  #lookAtWrite(process: Process, { summary }: StoredRecord, before: StoredRecord | undefined): void {
    if (summary.status === "forgotten") {
      this.isBuried = true;
      // Written without a look it may be taken for an old one, until the forgetting has the lock.
      this.#isBuriedBlindly = process.hasReadTrouble;
    } else if (before?.summary.status === "forgotten" && !this.#isBuriedBlindly) {
      const mayRevive = REVIVES.has(process.call) && !process.isBeforeForgetting;
      if (!mayRevive) this.violations.push(`${process.name} writes over a tombstone`);
    }
  }
}

function slotOf(letter: string, next: CallName): Slot {
  return { letter, aheadMs: 0, starts: 0, process: undefined, next };
}
