import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { Dice } from "../faults/dice.ts";
import { type KillableWorker, killableWorker } from "../faults/killable_worker.ts";
import { residentBytes } from "../faults/workerd_process.ts";
import { Memory } from "./memory.ts";

/** Figures of a run. */
export interface LoadReport {
  readonly seed: number;
  readonly seconds: number;
  readonly callers: number;
  readonly connections: number;
  readonly answers: number;
  readonly answersPerSecond: number;
  /** Answers by what was asked. */
  readonly asked: Readonly<Record<string, number>>;
  readonly refreshes: number;
  readonly reconnects: number;
  /** Refresh tokens sent that had been used: none may be, as no answer is lost. */
  readonly spentAgain: number;
  readonly memory: string;
}

const CALLERS = 50;
const OWN = 2;
const JSON_TYPE = { "content-type": "application/json" };

/**
 * 50 callers read, expire, lose and recover for some seconds; any status but the expected one fails. Any worker in
 * local workerd takes up to half a gigabyte while it warms up, one that answers "ok" too: `warmUpSeconds` of reading go
 * before, where growth shall be told from that.
 */
export async function loadWorker(seconds: number, seed: number, warmUpSeconds = 0): Promise<LoadReport> {
  const sandbox = createSandbox({ rateLimit: false, seed, locations: CALLERS * OWN, keepRequests: 10 });
  const persist = await Deno.makeTempDir({ prefix: "highlevel-load-" });
  const memory = new Memory();
  try {
    await using worker = await killableWorker({ sandbox, persist, entry: "src/worker/main.ts" });
    const ids = sandbox.locationIds();
    const callers = Array.from(
      { length: CALLERS },
      (_, n) => new Caller(worker, sandbox, new Dice(seed + n), ids.slice(n * OWN, (n + 1) * OWN), ids),
    );
    await Promise.all(callers.map((caller) => caller.begin()));
    const warmAt = Date.now() + warmUpSeconds * 1_000;
    await Promise.all(callers.map((caller) => caller.readUntil(warmAt)));
    sandbox.resetCounts();
    for (const caller of callers) caller.forget();
    const endsAt = Date.now() + seconds * 1_000;
    const sampler = setInterval(() => memory.add(residentBytes(worker.pid)), seconds * 1_000 / 60);
    await Promise.all(callers.map((caller) => caller.runUntil(endsAt)));
    clearInterval(sampler);
    const asked: Record<string, number> = {};
    for (const caller of callers) {
      for (const [name, count] of Object.entries(caller.asked)) asked[name] = (asked[name] ?? 0) + count;
    }
    const answers = Object.values(asked).reduce((sum, count) => sum + count, 0);
    const { refresh, reconnect, spentRefreshTokenUses } = sandbox.counts;
    if (warmUpSeconds > 0) memory.assertFlat("workerd");
    else memory.assertBelow(1_024, "workerd");
    return {
      seed,
      seconds,
      callers: CALLERS,
      connections: ids.length,
      answers,
      answersPerSecond: Math.round(answers / seconds),
      asked,
      refreshes: refresh,
      reconnects: reconnect,
      spentAgain: spentRefreshTokenUses,
      memory: memory.toString(),
    };
  } finally {
    await Deno.remove(persist, { recursive: true });
  }
}

/** One customer's program with connections of its own; it reads the tokens of others too. */
class Caller {
  /** Answers by what was asked. */
  asked: Record<string, number> = {};
  readonly #worker: KillableWorker;
  readonly #sandbox: Sandbox;
  readonly #dice: Dice;
  readonly #own: readonly string[];
  readonly #all: readonly string[];

  constructor(
    worker: KillableWorker,
    sandbox: Sandbox,
    dice: Dice,
    own: readonly string[],
    all: readonly string[],
  ) {
    this.#worker = worker;
    this.#sandbox = sandbox;
    this.#dice = dice;
    this.#own = own;
    this.#all = all;
  }

  async begin(): Promise<void> {
    for (const id of this.#own) {
      await this.#ask("recover", 200, `/connections/location/${id}/recover`, { method: "POST" });
    }
  }

  /** Forgets what it asked. */
  forget(): void {
    this.asked = {};
  }

  /** What costs workerd memory and changes nothing. */
  async readUntil(endsAt: number): Promise<void> {
    while (Date.now() < endsAt) {
      const id = this.#dice.of(this.#own);
      await this.#ask("token", 200, `/connections/location/${id}/token`);
      await this.#call(id);
      await this.#ask("health", 200, "/healthz");
      await this.#ask("look", 200, `/connections/location/${id}`);
    }
  }

  async runUntil(endsAt: number): Promise<void> {
    while (Date.now() < endsAt) await this.#turn();
  }

  async #turn(): Promise<void> {
    const id = this.#dice.of(this.#own);
    const path = `/connections/location/${id}`;
    const what = this.#dice.upTo(100);
    if (what < 70) {
      return await this.#ask("token", 200, `/connections/location/${this.#dice.of(this.#all)}/token`);
    }
    if (what < 84) return await this.#call(id);
    if (what < 90) return await this.#ask("look", 200, path);
    if (what < 92) return await this.#ask("list", 200, "/connections?limit=20");
    if (what < 95) { // tokens that are over
      const tokens = { ...this.#sandbox.install({ locationId: id }), expires_in: 0 };
      await this.#ask("import", 204, path, {
        method: "PUT",
        headers: JSON_TYPE,
        body: JSON.stringify(tokens),
      });
      return await this.#ask("token, expired", 200, `${path}/token`);
    }
    if (what < 97) { // HighLevel refuses the access token
      this.#sandbox.expireAccessTokens({ locationId: id });
      return await this.#call(id);
    }
    if (what < 99) { // an incident
      this.#sandbox.loseTokens({ locationId: id });
      return await this.#call(id);
    }
    await this.#ask("recover", 200, `${path}/recover`, { method: "POST" });
  }

  async #call(id: string): Promise<void> {
    await this.#ask("proxy", 200, `/proxy/location/${id}/locations/${id}`, {
      headers: { version: "2021-07-28" },
    });
  }

  async #ask(name: string, expected: number, path: string, init: RequestInit = {}): Promise<void> {
    const response = await this.#worker.call(path, init);
    const text = await response.text();
    assert.equal(response.status, expected, `${name} ${path}: ${response.status} ${text.slice(0, 300)}`);
    this.asked[name] = (this.asked[name] ?? 0) + 1;
  }
}
