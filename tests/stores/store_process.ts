// One of the processes that share a store; what it does stands in its argument, a StoreTask as JSON.
import { Connections } from "../../src/connections/connections.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { type OpenedStore, openStoreAt, type StoreAddress } from "./open_store_at.ts";

/** What a process does, and how it reports. */
export type StoreTask =
  & {
    readonly address: StoreAddress;
    /** The sandbox, and its app. */
    readonly baseUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly locationId: string;
    /** How long its leases last, ms: short only where somebody waits for their end. A busy machine keeps processes waiting, too. */
    readonly leaseMs: number;
  }
  & (
    /** Says "ready", waits for a byte, and lets so many callers ask for a token. Writes the different tokens as JSON. */
    | { readonly do: "call"; readonly callers: number }
    /** Says "inside" in the lock of "k"; writes there once a byte comes, and says whether it was written. */
    | { readonly do: "hold" }
    /** Says "ready", and uses up token after token until a byte comes, by a clock that is ahead. Writes what came as JSON. */
    | { readonly do: "refresh"; readonly aheadMs: number }
    /** Asks for one token, and kills itself before or after its n-th step outside. Writes how many there were. */
    | { readonly do: "die"; readonly step: number; readonly when: "before" | "after" }
  );

if (import.meta.main) await perform(JSON.parse(Deno.args[0] ?? ""));

async function perform(task: StoreTask): Promise<void> {
  const { store, close } = await openStoreAt(task.address, task.leaseMs);
  switch (task.do) {
    case "call":
      await call(task, store);
      break;
    case "hold":
      await hold(store);
      break;
    case "refresh":
      await refresh(task, store);
      break;
    case "die":
      await die(task, store);
  }
  await close();
}

function connectionsOf(
  { baseUrl, clientId, clientSecret }: StoreTask,
  store: TokenStore,
  aheadMs = 0,
): Connections {
  return new Connections({
    app: { clientId, clientSecret, baseUrl },
    store,
    now: () => Date.now() + aheadMs,
    coolDownMs: 0,
  });
}

async function byte(): Promise<void> {
  await Deno.stdin.read(new Uint8Array(1));
}

async function call(task: StoreTask & { do: "call" }, store: TokenStore): Promise<void> {
  const { locationId, callers } = task;
  const connections = connectionsOf(task, store);
  console.log("ready");
  await byte();
  const tokens = Array.from({ length: callers }, () => connections.accessToken({ locationId }));
  console.log(JSON.stringify([...new Set(await Promise.all(tokens))]));
}

async function hold(store: OpenedStore["store"]): Promise<void> {
  const isWritten = await store.lock("k", async (fence = 0) => {
    console.log("inside");
    await byte();
    return await store.put("k", { format: 1, summary: { updatedAt: 2 }, body: "late" }, { fence });
  });
  console.log(isWritten);
}

async function refresh(task: StoreTask & { do: "refresh" }, store: TokenStore): Promise<void> {
  const { locationId, aheadMs } = task;
  const connections = connectionsOf(task, store, aheadMs);
  const outcomes: Record<string, number> = {};
  let isOver = false;
  byte().then(() => isOver = true);
  console.log("ready");
  let rejected = "";
  while (!isOver) {
    // Every token is used up by one call, as if HighLevel refused it: whoever has none that is new refreshes.
    const outcome = await connections.accessToken({ locationId }, { rejected }).then(
      (token) => {
        const isNew = token !== rejected;
        rejected = token;
        return isNew ? "token" : "the same token";
      },
      (error: unknown) => error instanceof Error && "code" in error ? `${error.code}` : `${error}`,
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
  }
  await connections.flush();
  console.log(JSON.stringify(outcomes));
}

async function die(task: StoreTask & { do: "die" }, store: OpenedStore["store"]): Promise<void> {
  const { locationId, step, when } = task;
  let steps = 0;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    const isLast = ++steps === step;
    if (isLast && when === "before") Deno.kill(Deno.pid, "SIGKILL");
    const result = await work();
    if (isLast) Deno.kill(Deno.pid, "SIGKILL");
    return result;
  };
  const mortal: TokenStore = {
    keepsNotes: store.keepsNotes ?? false,
    get: (key) => counted(() => store.get(key)),
    put: (key, record, options) => counted(() => store.put(key, record, options)),
    delete: (key) => counted(() => store.delete(key)),
    list: (options) => counted(() => store.list(options)),
    // To take it and to give it back are steps.
    lock: (key, run) => counted(() => store.lock(key, (fence) => counted(() => run(fence)))),
  };
  const { baseUrl, clientId, clientSecret } = task;
  const connections = new Connections({
    app: {
      clientId,
      clientSecret,
      baseUrl,
      fetch: (input, init) => counted(() => fetch(input, init)),
    },
    store: mortal,
  });
  await connections.accessToken({ locationId });
  console.log(steps);
}
