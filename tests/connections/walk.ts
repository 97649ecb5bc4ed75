// A random walk: whatever happens to a few connections of two processes on one store, and what must hold all the way.
import assert from "node:assert/strict";
import type { Connections } from "../../src/connections/connections.ts";
import { decodeRecord } from "../../src/connections/codec.ts";
import type { Recovery } from "../../src/connections/recovery.ts";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { claimsOf } from "../../src/oauth/token_set.ts";
import { sleep } from "../../src/oauth/request/retry.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { withVirtualTime } from "../exhaustive/virtual_time.ts";
import { COMPANY, type Op, type Target, TARGETS, type WalkOptions } from "./walk_ops.ts";
import { withLock, withoutVersions } from "./walk_stores.ts";
import { WalkTime } from "./walk_time.ts";
import { DAY, HOUR, keyOf, MINUTE, settled, sharedLock, type TestWorld, world } from "./world.ts";

/**
 * Walks through `ops`; then faults stop, and every connection ends in a living token or says honestly why not. No real time
 * passes: the deadlines of requests and of the store are timers of a virtual time.
 */
export async function walk(ops: readonly Op[], options: WalkOptions = {}): Promise<void> {
  const walk = new Walk(options);
  await withVirtualTime(() => walk.time, async () => {
    for (const op of ops) await walk.do(op);
    await walk.end();
  });
}

/** One walk: the world, what the model knows of it, and the checks. */
class Walk {
  readonly w: TestWorld;
  readonly time: WalkTime;
  readonly #options: WalkOptions;
  readonly #lock = sharedLock();
  readonly #issued = new Map<string, number>();
  readonly #killed = new Map<string, number>();
  readonly #sent = new Map<
    string,
    { readonly storeFailures: number; readonly end: "granted" | "rejected" }
  >();
  /** Forgotten connections, and when their tombstones are dropped. */
  readonly #tombstones = new Map<string, number>();
  readonly #paused = new Set<string>();
  /** Refresh tokens that HighLevel called dead while they lived. */
  readonly #slandered = new Set<string>();
  readonly #installed = new Set<string>();
  #processes: Connections[];
  /** What went wrong where an assertion would pass for a network error. */
  #violation: string | undefined;
  #step = 0;
  #removed = false;
  #lastRemovedAt = -Infinity;
  /** Recoveries by request that are under way. */
  #forced = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.w = world({ sandbox: { seed: 7, locationRefreshTokens: true, sleep } });
    this.time = new WalkTime(this.w.clock);
    this.#processes = this.#start();
    for (const target of TARGETS) this.#installed.add(idOf(target));
    const { sandbox } = this.w;
    sandbox.addCompany(COMPANY);
    for (const { locationId } of TARGETS) {
      if (locationId === undefined) continue;
      sandbox.addLocation(locationId === "walkAlone" ? { locationId } : { locationId, ...COMPANY });
    }
  }

  /** Two processes on one store. */
  #start(): Connections[] {
    const { sandbox, another, clock, store, memory } = this.w;
    const { hasVersions = false, isApart = false } = this.#options;
    return [0, isApart ? MINUTE : 0].map((aheadMs) =>
      another({
        app: { ...sandbox.app, fetch: (input, init) => this.#send(input, init) },
        store: hasVersions ? withLock(store, memory) : withoutVersions(store),
        ...!hasVersions && { lock: this.#lock },
        now: () => clock.now() + aheadMs,
        onEvent: (event) => assert.ok(event.at instanceof Date),
      })
    );
  }

  /** Sends a request as HighLevel sees it, and notes what became of a refresh token. */
  async #send(input: string, init: RequestInit): Promise<Response> {
    const form = new URLSearchParams(String(init.body));
    const refreshToken = form.get("refresh_token");
    const { store, sandbox } = this.w;
    const before = refreshToken === null ? undefined : this.#sent.get(refreshToken);
    // A recovery by request sends once more what was called dead: that may have been wrong, and costs nothing.
    const isAllowed = this.#forced > 0 && before?.end === "rejected";
    if (before && store.failed === before.storeFailures && !isAllowed) {
      this.#violation ??= `a refresh token was sent again although it was ${before.end} and the store knew`;
    }
    const storeFailures = store.failed;
    const step = this.#step;
    const response = await sandbox.fetch(input, init);
    const text = await response.clone().text().catch(() => "");
    const body = parse(text);
    if (response.ok && body?.access_token) this.#issued.set(body.access_token, step);
    if (refreshToken !== null) {
      if (response.ok && body?.refresh_token) this.#sent.set(refreshToken, { storeFailures, end: "granted" });
      // Said of the same refresh by an earlier answer that came later: the token lives; or it cannot be read.
      const isUnsaid = !body || body.message === "Location is not active";
      if (isUnsaid && !response.ok) this.#sent.delete(refreshToken);
      if (body?.message?.startsWith("Invalid grant")) {
        this.#sent.set(refreshToken, { storeFailures, end: "rejected" });
        if (sandbox.isLiving(refreshToken)) this.#slandered.add(refreshToken);
      }
    }
    return response;
  }

  /** Does one step and checks what must hold after each. */
  async do(op: Op): Promise<void> {
    await this.time.whileTimePasses(this.#do(op));
    assert.equal(this.#violation, undefined);
  }

  async #do(op: Op): Promise<void> {
    this.#step++;
    const { sandbox, clock, store } = this.w;
    if (this.#removed) this.#lastRemovedAt = Math.max(this.#lastRemovedAt, clock.at);
    switch (op.op) {
      case "call":
        return await this.#call(this.#who(op.who), targetAt(op.at));
      case "fetch":
        return await this.#fetch(this.#who(op.who), targetAt(op.at));
      case "recover":
        return await this.#recover(this.#who(op.who), targetAt(op.at));
      case "abort":
        return await this.#abort(this.#who(op.who), targetAt(op.at));
      case "storm": {
        const target = targetAt(op.at);
        await Promise.all(
          Array.from(
            { length: op.count },
            (_, i) => i % 3 === 2 ? this.#fetch(this.#who(i), target) : this.#call(this.#who(i), target),
          ),
        );
        return;
      }
      case "forget":
        return await this.#forget(targetAt(op.at));
      case "save":
        return await this.#save(targetAt(op.at));
      case "expire":
        sandbox.expireAccessTokens(targetAt(op.at));
        this.#kill(targetAt(op.at));
        return;
      case "lose":
        sandbox.loseTokens(targetAt(op.at));
        this.#kill(targetAt(op.at));
        return;
      case "incident":
        sandbox.loseTokens();
        for (const target of TARGETS) this.#kill(target);
        return;
      case "uninstall":
        sandbox.uninstall(targetAt(op.at));
        for (const target of TARGETS) {
          const isMember = op.at === TARGETS.length - 1 && idOf(target).startsWith("walkMember");
          if (target !== targetAt(op.at) && !isMember) continue;
          this.#kill(target);
          this.#installed.delete(idOf(target));
        }
        return;
      case "pause": {
        const { locationId } = targetAt(op.at);
        if (locationId !== undefined) {
          sandbox.pause(locationId);
          this.#paused.add(locationId);
        }
        return;
      }
      case "resume": {
        const { locationId } = targetAt(op.at);
        if (locationId !== undefined) {
          sandbox.resume(locationId);
          this.#paused.delete(locationId);
        }
        return;
      }
      case "remove":
        sandbox.removeReconnect();
        this.#removed = true;
        this.#lastRemovedAt = Math.max(this.#lastRemovedAt, clock.at);
        return;
      case "restore":
        sandbox.restoreReconnect();
        this.#removed = false;
        return;
      case "settle":
        return this.#endFaults();
      case "restart":
        this.#endFaults(); // a record that is in memory only dies with its process: only in good times
        for (const target of TARGETS) {
          for (const one of this.#processes) await one.accessToken(target).catch(coded);
        }
        await this.time.untilQuiet();
        this.#processes = this.#start();
        return;
      case "jump":
        await this.time.untilQuiet(); // nobody sleeps for days in the middle of a request
        await this.#dropTombstones();
        clock.at += op.ms;
        return await this.#dropTombstones();
      case "storeFault":
        store.failures[op.method] = op.times;
        return;
      case "storeHang":
        store.hangs[op.method] = op.times;
        return;
      case "window":
        return sandbox.set({ refreshWindowMs: op.on ? MINUTE / 2 : 0 });
      case "slow":
        return sandbox.set({ tokenLatencyMs: op.ms });
      case "failover":
        return this.#failOver();
      case "fault":
        sandbox.fault({ on: op.on, kind: op.kind, times: op.times });
        return;
    }
  }

  /** Faults stop: every connection ends in a living token or says honestly why not. */
  async end(): Promise<void> {
    await this.time.untilQuiet();
    await this.time.whileTimePasses(this.#end());
  }

  async #end(): Promise<void> {
    const { sandbox, clock } = this.w;
    this.#step++;
    this.#endFaults();
    await this.#bringToStore();
    const [one] = this.#processes;
    if (!one) return;
    for (const target of TARGETS) await this.#endsHonestly(one, target);

    // And when Reconnect is back and what was remembered of it is over, every installed connection lives.
    sandbox.restoreReconnect();
    this.#removed = false;
    clock.at = Math.max(clock.at, this.#lastRemovedAt) + DAY + HOUR;
    for (const target of TARGETS) {
      const id = idOf(target);
      if (this.#isForgotten(id)) await this.#byRequest(one, target);
      if (!this.#installed.has(id)) continue;
      if (this.#paused.has(id)) {
        sandbox.resume(id);
        this.#paused.delete(id);
      }
      const token: string = await one.accessToken(target);
      const living: string = sandbox.isLiving(token)
        ? token
        : await one.accessToken(target, { rejected: token });
      assert.ok(sandbox.isLiving(living), `${id} does not live at last`);
      // A paused or given up connection may have a living access token left; its status waits for the next climb.
      assert.equal((await this.#byRequest(one, target)).outcome, "recovered");
      assert.equal(this.#violation, undefined);
      assert.equal((await one.get(target))?.status, "connected");
    }
  }

  /** The next call of a process writes what it has in memory only. */
  async #bringToStore(): Promise<void> {
    for (const target of TARGETS) {
      for (const one of this.#processes) await one.accessToken(target).catch(coded);
    }
  }

  async #endsHonestly(one: Connections, target: Target): Promise<void> {
    const { sandbox, clock, memory } = this.w;
    const id = idOf(target);
    try {
      const token = await one.accessToken(target);
      if (!sandbox.isLiving(token)) await one.accessToken(target, { rejected: token });
      assert.ok(!this.#isForgotten(id));
      assert.ok(this.#installed.has(id), `${id} is not installed and has a token`);
    } catch (error) {
      assert.ok(error instanceof HighLevelError, String(error));
      const stored = await memory.get(keyOf(sandbox, target));
      const { tokens } = stored ? decodeRecord(stored) : {};
      switch (error.code) {
        case "not_installed":
          return assert.ok(this.#isForgotten(id), `${id} was not forgotten`);
        case "location_inactive":
          return assert.ok(this.#paused.has(id), `${id} is not paused`);
        case "reauthorization_required": {
          const { refreshToken = "" } = tokens ?? {};
          if (this.#slandered.has(refreshToken) && sandbox.isLiving(refreshToken)) {
            const { by, outcome } = await this.#byRequest(one, target);
            assert.ok(by === "refresh" || outcome === "paused", `${id} is not tried again by request`);
            return;
          }
          assert.ok(!sandbox.isLiving(refreshToken), `${id} has a living refresh token left`);
          const isRemembered = clock.at <= this.#lastRemovedAt + DAY;
          assert.ok(
            !this.#installed.has(id) || this.#removed || isRemembered,
            `${id} could have been recovered`,
          );
          return;
        }
        default:
          throw error;
      }
    }
  }

  #isForgotten(id: string): boolean {
    const dropAt = this.#tombstones.get(id) ?? -Infinity;
    if (this.w.clock.at < dropAt) return true;
    this.#tombstones.delete(id);
    return false;
  }

  async #dropTombstones(): Promise<void> {
    for (const target of TARGETS) await this.w.memory.get(keyOf(this.w.sandbox, target));
    for (const target of TARGETS) this.#isForgotten(idOf(target));
  }

  #failOver(): void {
    const { sandbox, clock } = this.w;
    const until = clock.at + MINUTE;
    sandbox.fault({
      on: ({ body }) => body.includes("refresh_token=") && clock.at < until,
      kind: "status",
      status: 400,
      body: { statusCode: 400, message: "Invalid grant: refresh token is invalid" },
      times: Infinity,
    });
  }

  #endFaults(): void {
    const { sandbox, store } = this.w;
    sandbox.clearFaults();
    sandbox.set({ tokenLatencyMs: 0 });
    store.failures.get = store.failures.put = 0;
    store.hangs.get = store.hangs.put = 0;
  }

  async #call(one: Connections, target: Target): Promise<void> {
    const { failed } = this.w.store;
    try {
      this.#lives(target, await one.accessToken(target), failed);
    } catch (error) {
      coded(error);
    }
  }

  async #fetch(one: Connections, target: Target): Promise<void> {
    try {
      const path = target.locationId === undefined
        ? "/locations/walkMember1"
        : `/locations/${target.locationId}`;
      const response = await one.fetch(target, path);
      await response.text().catch(() => {});
    } catch (error) {
      if (!(error instanceof TypeError)) coded(error); // the network's own trouble passes through fetch
    }
  }

  async #recover(one: Connections, target: Target): Promise<void> {
    const recovery = await this.#byRequest(one, target);
    if (recovery.outcome === "recovered") this.#tombstones.delete(idOf(target));
    else if (this.#isForgotten(idOf(target)) && (await stateOf(one, target)) !== "forgotten") {
      this.#tombstones.delete(idOf(target));
    }
    assert.equal(
      recovery.outcome === "recovered" && recovery.error?.code !== "store_failed",
      !recovery.error,
    );
  }

  /** A recovery by request: it may send once more what was called dead. */
  async #byRequest(one: Connections, target: Target): Promise<Recovery> {
    this.#forced++;
    return await one.recover(target).finally(() => this.#forced--);
  }

  async #abort(one: Connections, target: Target): Promise<void> {
    const controller = new AbortController();
    const { failed } = this.w.store;
    const call = one.accessToken(target, { signal: controller.signal });
    await settled(this.#step % 17);
    controller.abort(new HighLevelError("timeout", "the caller gave up"));
    await call.then((token) => this.#lives(target, token, failed), coded);
    await settled(400);
  }

  async #forget(target: Target): Promise<void> {
    const [one] = this.#processes;
    const others = this.#processes.map((process) => process.accessToken(target).catch(coded));
    try {
      await one?.forget(target);
    } catch (error) {
      coded(error);
      this.#endFaults();
      await this.time.untilQuiet(); // what is under way may hold the lock for longer than anybody waits for it
      await one?.forget(target);
    }
    await Promise.all(others);
    const tombstone = await this.w.memory.get(keyOf(this.w.sandbox, target));
    assert.ok(tombstone?.dropAt !== undefined, "a tombstone is left");
    this.#tombstones.set(idOf(target), tombstone.dropAt);
  }

  async #save(target: Target): Promise<void> {
    const { sandbox, clock } = this.w;
    const id = idOf(target);
    if (!this.#installed.has(id)) return;
    const answer = sandbox.install(target);
    this.#issued.set(answer.access_token, this.#step);
    const tokens = tokenSetFrom(
      answer,
      clock.now(),
      target.locationId === undefined ? "Company" : "Location",
    );
    try {
      await this.#processes[1]?.save(target, tokens);
    } catch (error) {
      coded(error);
      this.#endFaults();
      await this.time.untilQuiet();
      await this.#processes[1]?.save(target, tokens);
    }
    this.#tombstones.delete(id);
  }

  /** A token that was handed out lives, unless HighLevel ended it without a word. */
  #lives(target: Target, token: string, storeFailures: number): void {
    const issued = this.#issued.get(token);
    assert.ok(issued !== undefined, "a token that HighLevel never answered with");
    // Who cannot read the store cannot know that another process forgot the connection.
    const couldRead = this.w.store.failed === storeFailures;
    assert.ok(!couldRead || !this.#isForgotten(idOf(target)), "a token of a forgotten connection");
    const killed = this.#killed.get(idOf(target)) ?? -1;
    if (issued <= killed || this.w.sandbox.isLiving(token)) return;
    // A token lives as long as HighLevel says from when the answer came, by the clock of who got it: an answer takes three
    // quarters of a minute at most, and a clock that is ahead dates it a minute later still.
    const endedMs = this.w.clock.at - Number(claimsOf(token).exp) * 1000;
    const isDatedLate = endedMs >= 0 && endedMs <= 2 * MINUTE;
    assert.ok(isDatedLate, "a dead token was handed out");
  }

  #kill(target: Target): void {
    this.#killed.set(idOf(target), this.#step);
  }

  #who(who: number): Connections {
    const process = this.#processes[who % 2];
    assert.ok(process);
    return process;
  }
}

const idOf = (target: Target): string => target.locationId ?? target.companyId ?? "";

function targetAt(index: number): Target {
  const target = TARGETS[index];
  assert.ok(target);
  return target;
}

function coded(error: unknown): void {
  if (!(error instanceof HighLevelError)) throw error;
}

async function stateOf(one: Connections, target: Target): Promise<string> {
  return (await one.get(target).catch(() => undefined))?.status ?? "forgotten";
}

function parse(
  text: string,
):
  | { readonly access_token?: string; readonly refresh_token?: string; readonly message?: string }
  | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
