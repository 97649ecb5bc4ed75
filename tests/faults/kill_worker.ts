import assert from "node:assert/strict";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import { type KillableWorker, killableWorker } from "./killable_worker.ts";
import { until } from "../until.ts";
import { Dice } from "./dice.ts";

/** Figures of a run. */
export interface KillReport {
  readonly seed: number;
  readonly kills: number;
  /** Answers that came before a kill. */
  readonly answers: number;
  /** Requests cut by a kill. */
  readonly cut: number;
  readonly refreshes: number;
  readonly reconnects: number;
  /** Refresh tokens sent again because a kill had swallowed the answer. */
  readonly spentAgain: number;
  readonly jobs: number;
  readonly bulkTargets: number;
  readonly connections: number;
}

const LOCATIONS = 24;
const CHILDREN = 12;
/** Callers at once. */
const CALLERS = 6;

/** Kills workerd `kills` times at random moments of real traffic; at the end everything that is installed must live. */
export async function killWorker(kills: number, seed: number): Promise<KillReport> {
  const dice = new Dice(seed);
  // Little more than the margin: the token is due for a refresh almost as soon as it is there.
  const sandbox = createSandbox({
    rateLimit: false,
    expiresIn: 306,
    seed,
    app: { redirectUri: "https://worker.example/oauth/callback" },
    locations: LOCATIONS,
    companies: [{ companyId: "agency", locations: CHILDREN }],
  });
  const persist = await Deno.makeTempDir({ prefix: "highlevel-kill-" });
  try {
    await using worker = await killableWorker({ sandbox, persist, entry: "tests/faults/kill_entry.ts" });
    const traffic = new Traffic(worker, sandbox, dice);
    await traffic.begin();
    for (let kill = 0; kill < kills; kill++) {
      if (kill % 4 === 3) await traffic.startJob();
      if (kill % 10 === 6) sandbox.loseTokens({ locationId: dice.of(sandbox.locationIds()) });
      await traffic.runUntil(async () => {
        await pause(dice.upTo(250));
        await worker.kill();
      });
      await worker.start();
    }
    await traffic.jobsEnd();
    await everythingLives(worker, sandbox);
    const { refresh, reconnect, spentRefreshTokenUses } = sandbox.counts;
    return {
      seed,
      kills,
      answers: traffic.answers,
      cut: traffic.cut,
      refreshes: refresh,
      reconnects: reconnect,
      spentAgain: spentRefreshTokenUses,
      jobs: traffic.jobs.length,
      bulkTargets: traffic.bulkTargets,
      connections: sandbox.locationIds().length + 1,
    };
  } finally {
    await Deno.remove(persist, { recursive: true });
  }
}

/** Callers who want tokens and recoveries all the time. */
class Traffic {
  answers = 0;
  cut = 0;
  bulkTargets = 0;
  readonly jobs: string[] = [];
  readonly #worker: KillableWorker;
  readonly #sandbox: Sandbox;
  readonly #dice: Dice;

  constructor(worker: KillableWorker, sandbox: Sandbox, dice: Dice) {
    this.#worker = worker;
    this.#sandbox = sandbox;
    this.#dice = dice;
  }

  /** Puts every connection under management. */
  async begin(): Promise<void> {
    const targets = [
      ...this.#sandbox.locationIds().map((locationId) => ({ locationId })),
      { companyId: "agency" },
    ];
    for (const target of targets) {
      const tokens = this.#sandbox.install(target);
      const [kind, id] = "locationId" in target
        ? ["location", target.locationId]
        : ["company", target.companyId];
      const response = await this.#worker.call(`/connections/${kind}/${id}`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(tokens),
      });
      assert.equal(response.status, 204, await response.text());
    }
  }

  /** Starts a bulk recovery of everything; counts only if it was taken. */
  async startJob(): Promise<void> {
    const isByCompany = this.#dice.upTo(2) < 1;
    const response = await this.#worker.call("/recoveries", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(
        isByCompany
          ? { companyId: "agency", installed: true }
          : { targets: this.#sandbox.locationIds().map((locationId) => ({ locationId })) },
      ),
    });
    assert.equal(response.status, 202);
    const { id }: { id: string } = await response.json();
    this.jobs.push(id);
  }

  /** Calls from many sides until `end` is through. */
  async runUntil(end: () => Promise<void>): Promise<void> {
    let isOver = false;
    const caller = async (): Promise<void> => {
      while (!isOver) await this.#callOnce();
    };
    const callers = Array.from({ length: CALLERS }, caller);
    await end();
    isOver = true;
    await Promise.all(callers);
  }

  /** Waits until every job that was taken has ended; none may have lost a target. */
  async jobsEnd(): Promise<void> {
    for (const id of this.jobs) {
      let job: Record<string, unknown> = {};
      // Each message that a kill took doubles the time until the next is sent.
      await until(async () => {
        job = await (await this.#worker.call(`/recoveries/${id}`)).json();
        return job.status === "done";
      }, "the job ends").catch((error) => {
        throw new Error(`${error.message} ${JSON.stringify(job)}`);
      });
      const { total, recovered, problem } = job;
      assert.equal(recovered, total, `a bulk target was lost: ${JSON.stringify(job)}`);
      assert.equal(problem, undefined);
      this.bulkTargets += Number(total);
      assert.ok(total === LOCATIONS + CHILDREN || total === CHILDREN, `${total} targets`);
    }
  }

  async #callOnce(): Promise<void> {
    const id = this.#dice.of(this.#sandbox.locationIds());
    const isRecovery = this.#dice.upTo(10) < 1;
    const path = `/connections/location/${id}/${isRecovery ? "recover" : "token"}`;
    try {
      const response = await this.#worker.call(path, { method: isRecovery ? "POST" : "GET" });
      const text = await response.text();
      assert.ok(
        [200, 500, 503].includes(response.status),
        `${path}: ${response.status} ${text.slice(0, 300)}`,
      );
      this.answers++;
    } catch (error) {
      if (!(error instanceof TypeError) && !(error instanceof Error && error.name === "Error")) throw error;
      this.cut++;
      await pause(20);
    }
  }
}

/** Every connection that HighLevel considers installed gives a token that works, and none waits for a person. */
async function everythingLives(worker: KillableWorker, sandbox: Sandbox): Promise<void> {
  for (const locationId of sandbox.locationIds()) {
    const path = `/connections/location/${locationId}`;
    const proxied = await worker.call(`/proxy/location/${locationId}/locations/${locationId}`, {
      headers: { version: "2021-07-28" },
    });
    assert.equal(proxied.status, 200, await proxied.text());
    const token: Record<string, unknown> = await (await worker.call(`${path}/token`)).json();
    assert.ok(sandbox.isLiving(String(token.access_token)), `${locationId} has no living token`);
    const described: Record<string, unknown> = await (await worker.call(path)).json();
    assert.equal(described.status, "connected", locationId);
  }
  const company: Record<string, unknown> = await (await worker.call("/connections/company/agency/token"))
    .json();
  assert.ok(sandbox.isLiving(String(company.access_token)), "the agency has no living token");
  const waiting: { connections: unknown[] } =
    await (await worker.call("/connections?status=reauthorization_required")).json();
  assert.deepEqual(waiting.connections, []);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
