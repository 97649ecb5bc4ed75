import assert from "node:assert/strict";
import type { ConnectionTarget } from "../../src/oauth/target.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { settled, type TestWorld, world } from "./world.ts";

const LOCATION = { locationId: "mortalLocation" };
const COMPANY = { companyId: "mortalCompany" };

/** A process that dies at its n-th await: from then on nothing it waits for ever comes. */
class Mortal {
  /** Awaits so far. */
  steps = 0;
  /** Whether it died. */
  dead = false;
  readonly #diesAt: number;
  readonly #when: "before" | "after";

  constructor(diesAt: number, when: "before" | "after") {
    this.#diesAt = diesAt;
    this.#when = when;
  }

  /** Does `work`, or dies: before it was carried out, or after, when nobody learns of it any more. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    if (this.dead) return await new Promise<never>(() => {});
    const isLast = ++this.steps === this.#diesAt;
    if (isLast && this.#when === "before") this.dead = true;
    if (this.dead) return await new Promise<never>(() => {});
    const result = await work();
    if (isLast) this.dead = true;
    if (this.dead) return await new Promise<never>(() => {});
    return result;
  }

  store(inner: TokenStore): TokenStore {
    return {
      get: (key) => this.step(() => inner.get(key)),
      put: (key, record, options) => this.step(() => inner.put(key, record, options)),
      delete: (key) => this.step(() => inner.delete(key)),
      list: (options) => this.step(() => inner.list(options)),
    };
  }
}

interface Situation {
  readonly name: string;
  readonly target: ConnectionTarget;
  readonly prepare: (w: TestWorld) => Promise<void>;
  readonly call: "accessToken" | "recover";
}

const SITUATIONS: readonly Situation[] = [
  {
    name: "a refresh",
    target: LOCATION,
    call: "accessToken",
    prepare: async ({ connect, expire }) => {
      await connect(LOCATION);
      expire();
    },
  },
  {
    name: "a company's refresh",
    target: COMPANY,
    call: "accessToken",
    prepare: async ({ connect, expire }) => {
      await connect(COMPANY);
      expire();
    },
  },
  {
    name: "a recovery by Reconnect",
    target: LOCATION,
    call: "accessToken",
    prepare: async ({ sandbox }) => {
      sandbox.addLocation(LOCATION);
      await Promise.resolve();
    },
  },
  {
    name: "a recovery of lost tokens",
    target: LOCATION,
    call: "accessToken",
    prepare: async ({ sandbox, connect, expire }) => {
      await connect(LOCATION);
      expire();
      sandbox.loseTokens();
    },
  },
  {
    name: "a recovery by request",
    target: LOCATION,
    call: "recover",
    prepare: async ({ connect }) => {
      await connect(LOCATION);
    },
  },
  {
    name: "a recovery through the agency, its token living",
    target: LOCATION,
    call: "accessToken",
    prepare: ({ leaveOnlyAgency }) => leaveOnlyAgency(LOCATION, COMPANY),
  },
  {
    name: "a recovery after Reconnect was found removed, the agency refreshed first",
    target: LOCATION,
    call: "accessToken",
    // A death between the company's rotation and its storing leaves nobody a way but Reconnect: it is back for the next.
    prepare: async ({ sandbox, connect, expire }) => {
      sandbox.addLocation({ ...LOCATION, ...COMPANY });
      await connect(LOCATION);
      await connect(COMPANY);
      expire();
      sandbox.loseTokens(LOCATION);
      sandbox.fault({
        on: "reconnect",
        kind: "status",
        status: 400,
        body: { message: "API endpoint has been removed", error: "Bad Request", statusCode: 400 },
      });
    },
  },
  {
    name: "a location resumed after a pause",
    target: LOCATION,
    call: "accessToken",
    prepare: async ({ sandbox, connect, expire, connections }) => {
      await connect(LOCATION);
      expire();
      sandbox.pause(LOCATION.locationId);
      await assert.rejects(connections.accessToken(LOCATION), { code: "location_inactive" });
      sandbox.resume(LOCATION.locationId);
    },
  },
];

for (const { name, target, prepare, call } of SITUATIONS) {
  for (const when of ["before", "after"] as const) {
    Deno.test(`a process that dies during ${name}, just ${when} the effect of any await, leaves a connection the next one heals`, async () => {
      let deaths = 0;
      for (let n = 1;; n++) {
        const w = world({ sandbox: { seed: n } });
        await prepare(w);
        const mortal = new Mortal(n, when);
        const doomed = w.another({
          app: { ...w.sandbox.app, fetch: (input, init) => mortal.step(() => w.sandbox.fetch(input, init)) },
          store: mortal.store(w.memory),
          sleep: (ms) => mortal.step(() => w.clock.sleep(ms)),
          onEvent: () => {},
        });
        const outcome = doomed[call](target).then(() => "lived", () => "threw");
        await settled(2000);
        if (!mortal.dead) {
          assert.equal(await outcome, "lived");
          break;
        }
        deaths++;
        // A death after the company's rotation ends its last token: without Reconnect no one could come back.
        const next = w.another();
        w.clock.at += 25 * 3_600_000; // what was remembered of a removed endpoint is over
        w.sandbox.restoreReconnect();
        w.sandbox.clearFaults();
        const token = await next.accessToken(target);
        assert.ok(w.sandbox.isLiving(token), `died at await ${n}`);
        assert.ok(w.sandbox.counts.spentRefreshTokenUses <= 1, `died at await ${n}`);
        assert.equal((await next.get(target))?.status, "connected");
      }
      assert.ok(deaths >= 4, `${deaths} deaths`);
    });
  }
}

Deno.test("a process that dies while it forgets leaves either the connection or its tombstone, never a token that comes back", async () => {
  for (let n = 1;; n++) {
    const w = world({ sandbox: { seed: n } });
    await w.connect(LOCATION);
    const mortal = new Mortal(n, "after");
    const doomed = w.another({ store: mortal.store(w.memory) });
    const end = doomed.forget(LOCATION);
    await settled(500);
    if (!mortal.dead) {
      await end;
      break;
    }
    const next = w.another();
    await next.forget(LOCATION);
    await assert.rejects(next.accessToken(LOCATION), { code: "not_installed" });
  }
});

Deno.test("a process that dies while it saves leaves the old record or the new one", async () => {
  for (let n = 1;; n++) {
    const w = world({ sandbox: { seed: n } });
    const { accessToken } = await w.connect(LOCATION);
    const mortal = new Mortal(n, "after");
    const doomed = w.another({ store: mortal.store(w.memory) });
    const end = doomed.save(LOCATION, {
      accessToken: "imported",
      tokenType: "Bearer",
      expiresAt: new Date(w.clock.at + 3_600_000),
      scope: [],
      userType: "Location",
    });
    await settled(500);
    if (!mortal.dead) {
      await end;
      break;
    }
    assert.ok([accessToken, "imported"].includes(await w.another().accessToken(LOCATION)));
  }
});
