import { Connections } from "../connections/connections.ts";
import { tokenSetFrom } from "../oauth/token_set.ts";
import { createSandbox } from "../sandbox/mod.ts";
import type { TokenStore } from "../stores/token_store.ts";
import { equal, ok } from "./expect.ts";
import {
  type ContractClient,
  type ContractStore,
  type ContractTest,
  locked,
  type OpenStore,
  promisesOf,
  recordOf,
  versionOf,
} from "./promises_of.ts";

const CLIENTS = 8;
const CALLERS = 125;
const TARGET = { locationId: "sharedLocation" };

/** What a store with versions and a lock promises to several processes that share its data. */
export function raceContract(open: OpenStore): ContractTest[] {
  const { tests, promise } = promisesOf("races", open);

  promise("what one client wrote the others read", async (store, _clock, opened) => {
    await withClients(opened, 2, async ([first, second]) => {
      await first?.store.put("k", recordOf("1"));
      equal((await second?.store.get("k"))?.body, "1");
      equal((await store.get("k"))?.body, "1");
    });
  });

  promise(`of ${CLIENTS} clients that write over one version one does`, async (store, _clock, opened) => {
    await withClients(opened, CLIENTS, async (clients) => {
      await store.put("k", recordOf("before"));
      const ifVersion = await versionOf(store, "k");
      const writes = clients.map(({ store }, i) => store.put("k", recordOf(`${i}`), { ifVersion }));
      const done = (await Promise.all(writes)).flatMap((isWritten, i) => isWritten ? [`${i}`] : []);
      equal(done.length, 1, "the number of writers that were told yes");
      equal((await store.get("k"))?.body, done[0]);
    });
  });

  promise(`${CLIENTS} clients are never inside one lock at the same time`, async (_store, _clock, opened) => {
    await withClients(opened, CLIENTS, async (clients) => {
      let inside = 0;
      const fences: number[] = [];
      const enter = ({ store }: ContractClient): Promise<void> =>
        locked(store, "k", async (fence) => {
          equal(++inside, 1, "the number of holders");
          fences.push(fence);
          await store.get("k"); // time for another one to come in
          inside--;
        });
      await Promise.all(clients.flatMap((client) => [enter(client), enter(client), enter(client)]));
      equal(fences, fences.toSorted((a, b) => a - b), "the fences in the order of the holders");
      equal(new Set(fences).size, 3 * CLIENTS, "the number of fences");
    });
  });

  promise(
    `${CLIENTS} × ${CALLERS} callers with an expired token cause one refresh`,
    async (store, clock, opened) => {
      await withClients(opened, CLIENTS, async (clients) => {
        clock.now = Date.now(); // the engines and HighLevel go by the real one
        const sandbox = createSandbox({ rateLimit: false, latencyMs: 5 });
        const engine = (store: TokenStore): Connections =>
          new Connections({ app: { ...sandbox.app, fetch: sandbox.fetch }, store });
        await engine(store).save(
          TARGET,
          tokenSetFrom(sandbox.install(TARGET), Date.now() - 86_400_000, "Location"),
        );
        sandbox.expireAccessTokens();
        const tokens = await Promise.all(clients.flatMap(({ store }) => {
          const connections = engine(store);
          return Array.from({ length: CALLERS }, () => connections.accessToken(TARGET));
        }));
        const [token = ""] = tokens;
        equal(new Set(tokens).size, 1, "the number of tokens that were given");
        ok(sandbox.isLiving(token), "the token that was given lives");
        equal(sandbox.counts.refresh, 1, "the number of refreshes");
        equal(sandbox.counts.spentRefreshTokenUses, 0, "the number of refresh tokens spent twice");
      });
    },
  );
  return tests;
}

/** Runs `use` with several more clients of the data, and lets go of them. */
export async function withClients(
  { another }: ContractStore,
  count: number,
  use: (clients: readonly ContractClient[]) => Promise<void>,
): Promise<void> {
  ok(another !== undefined, "another client can be opened");
  const clients: ContractClient[] = [];
  try {
    for (let i = 0; i < count; i++) clients.push(await another());
    await use(clients);
  } finally {
    for (const client of clients) await client.kill();
  }
}
