import { Connections } from "../connections/connections.ts";
import { tokenSetFrom } from "../oauth/token_set.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { equal, errorOf, ok } from "./expect.ts";
import {
  type ContractStore,
  type ContractTest,
  heldLock,
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
      const { holding, fence, leave } = await heldLock(client.store, "k");
      await client.kill();
      const next = await locked(store, "k", async (next) => {
        equal(await store.put("k", recordOf("next"), { fence }), false, "a write with the dead one's fence");
        equal(await store.put("k", recordOf("next"), { fence: next }), true);
        return next;
      });
      ok(next > fence, "the next holder's fence is greater");
      leave();
      await holding.catch(() => {}); // it cannot give back what it has lost
      equal((await store.get("k"))?.body, "next");
    });
  });

  promise("a holder that lives keeps its lock for longer than a lease", async (_store, _clock, opened) => {
    // A machine may be too busy to renew a lease in time: what holds does so in one of three tries.
    let isKept = false;
    for (let tries = 0; tries < 3 && !isKept; tries++) isKept = await outlivesALease(opened);
    ok(isKept, "nobody else is inside while a holder lives");
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

/** Whether a holder keeps its lock for as long as a lease lasts: that of one that dies meanwhile, whose lock was taken later. */
async function outlivesALease(opened: ContractStore): Promise<boolean> {
  let isKept = false;
  await withClients(opened, 3, async ([holder, waiter, mortal]) => {
    ok(holder !== undefined && waiter !== undefined && mortal !== undefined, "three clients");
    let isInside = false;
    const living = await heldLock(holder.store, "living");
    const waiting = locked(waiter.store, "living", () => Promise.resolve(isInside = true));
    const dead = await heldLock(mortal.store, "dead");
    await mortal.kill();
    await locked(waiter.store, "dead", () => Promise.resolve());
    // Who comes now gets in at once where the lease has ended.
    const late = locked(waiter.store, "living", () => Promise.resolve(isInside = true));
    for (let i = 0; i < 5; i++) await locked(waiter.store, "other", () => Promise.resolve());
    isKept = !isInside;
    living.leave();
    dead.leave();
    await Promise.all([living.holding, waiting, late]);
    await dead.holding.catch(() => {}); // it cannot give back what it has lost
  });
  return isKept;
}
