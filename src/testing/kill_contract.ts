import { Connections } from "../connections/connections.ts";
import { tokenSetFrom } from "../oauth/token_set.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { equal, errorOf, ok } from "./expect.ts";
import {
  type ContractTest,
  locked,
  type OpenStore,
  promisesOf,
  recordOf,
  type StorePromises,
} from "./promises_of.ts";
import { withClients } from "./race_contract.ts";

const TARGET = { locationId: "orphanedLocation" };

/** What a store with a lock promises when a process dies, or sleeps past its lease. */
export function killContract(open: OpenStore, { keepsNotes = false }: StorePromises): ContractTest[] {
  const { tests, promise } = promisesOf("deaths", open);

  promise("the lock of a client that died is free once its lease ends", async (store, _clock, opened) => {
    await withClients(opened, 1, async ([client]) => {
      ok(client !== undefined, "a client");
      const inside = Promise.withResolvers<number>();
      const left = Promise.withResolvers<void>();
      const holding = locked(client.store, "k", (fence) => {
        inside.resolve(fence);
        return left.promise;
      });
      const fence = await inside.promise;
      await client.kill();
      const next = await locked(store, "k", async (next) => {
        equal(await store.put("k", recordOf("next"), { fence }), false, "a write with the dead one's fence");
        equal(await store.put("k", recordOf("next"), { fence: next }), true);
        return next;
      });
      ok(next > fence, "the next holder's fence is greater");
      left.resolve();
      await holding.catch(() => {}); // it cannot give back what it has lost
      equal((await store.get("k"))?.body, "next");
    });
  });

  promise("a client that died has left all that it was told it wrote", async (store, _clock, opened) => {
    await withClients(opened, 1, async ([client]) => {
      ok(client !== undefined, "a client");
      for (let i = 0; i < 20; i++) equal(await client.store.put(`k${i}`, recordOf(`${i}`)), true);
      await client.kill();
      for (let i = 0; i < 20; i++) equal((await store.get(`k${i}`))?.body, `${i}`);
    });
  });

  if (!keepsNotes) return tests;
  promise(
    "a client that dies while HighLevel answers its refresh loses no connection",
    async (store, clock, opened) => {
      clock.now = Date.now();
      const sandbox = createSandbox({ rateLimit: false });
      const { app } = sandbox;
      const engine = new Connections({ app: { ...app, fetch: sandbox.fetch }, store });
      await engine.save(
        TARGET,
        tokenSetFrom(sandbox.install(TARGET), Date.now() - 86_400_000, "Location"),
      );
      sandbox.expireAccessTokens();
      await withClients(opened, 1, async ([client]) => {
        ok(client !== undefined, "a client");
        const spent = Promise.withResolvers<void>();
        const end = Promise.withResolvers<never>();
        end.promise.catch(() => {}); // it may be that nobody asks again
        let isDead = false;
        const dying = new Connections({
          app: {
            ...app,
            // HighLevel has done it, and the answer meets nobody.
            fetch: async (input, init) => {
              if (isDead) return await end.promise;
              isDead = true;
              await (await sandbox.fetch(input, init)).body?.cancel();
              await client.kill();
              spent.resolve();
              return await end.promise;
            },
          },
          sleep: () => Promise.resolve(),
          store: client.store,
          storeTimeoutMs: 2_000,
        });
        const died = errorOf(dying.accessToken(TARGET));
        await spent.promise;
        const token = await engine.accessToken(TARGET);
        ok(sandbox.isLiving(token), "the next one has a living token");
        equal(sandbox.counts.reconnect, 0, "no connection had to be recovered");
        end.reject(new TypeError("its process is dead"));
        await died;
      });
    },
  );
  return tests;
}
