import { ConnectionBroken } from "../../../src/sandbox/broken_body.ts";
import { createSandbox, type Sandbox } from "../../../src/sandbox/mod.ts";
import type { Client, Contender } from "./contender.ts";
import { LOCATION, type Scenario, type Stage } from "./scenarios.ts";

const DAY = 24 * 3_600_000;

/** What a contender made of a scenario. */
export interface Played {
  /** Requests to HighLevel's token endpoints. */
  readonly requests: number;
  /** Refreshes with a token that had been spent. */
  readonly reused: number;
  /** Refreshes that were sent again within HighLevel's window, and answered alike. */
  readonly repeated: number;
  /** Callers that got no answer. */
  readonly failed: number;
  /** Whether a fresh process can call once the access tokens of that day have ended. */
  readonly isAlive: boolean;
}

/** Plays `scenario` for `contender` against the sandbox behind a real socket, with a window of `refreshWindowMs`. */
export async function play(
  contender: Contender,
  scenario: Scenario,
  refreshWindowMs: number,
): Promise<Played> {
  const sandbox = createSandbox({ rateLimit: false, latencyMs: 20, refreshWindowMs });
  await using server = serve(sandbox);
  const app = { ...sandbox.app, baseUrl: server.url };
  const store: Stage["store"] = { failingWrites: 0, readMs: () => 0 };
  let reads = 0;
  const deployment = contender.deploy(app, {
    async afterRead() {
      const ms = store.readMs(reads++);
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    },
    beforeWrite() {
      if (store.failingWrites <= 0) return Promise.resolve();
      store.failingWrites--;
      return Promise.reject(new Error("the store fails"));
    },
  });
  const requests = (): number => tokenRequests(sandbox);
  const result = await scenario.run({ sandbox, client: deployment.client(), store, requests });
  const played = {
    requests: result.requests ?? requests(),
    reused: sandbox.counts.spentRefreshTokenUses,
    repeated: sandbox.counts.windowRepeats,
    failed: result.failed,
  };
  store.readMs = () => 0;
  return { ...played, isAlive: await isAlive(sandbox, deployment.client) };
}

/** Requests to the token endpoints so far. */
export function tokenRequests({ counts }: Sandbox): number {
  return counts.reconnect + counts.token + counts.locationToken;
}

/** Whether a process that starts the next day, when the access tokens issued so far have ended, can call. */
export async function isAlive(sandbox: Sandbox, client: () => Client): Promise<boolean> {
  sandbox.expireAccessTokens();
  const now = Date.now;
  Date.now = () => now() + DAY; // the only clock that both contenders have in common
  try {
    return await client().call(LOCATION.locationId).then(() => true, () => false);
  } finally {
    Date.now = now;
  }
}

/** The sandbox behind a socket. */
export function serve(sandbox: Sandbox): AsyncDisposable & { readonly url: string } {
  const onError = (error: unknown): Response => {
    if (!(error instanceof ConnectionBroken)) console.error(error); // a cut that a scenario asked for is no news
    return new Response(null, { status: 500 });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {}, onError }, sandbox.handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}
