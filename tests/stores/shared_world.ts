import { Connections } from "../../src/connections/connections.ts";
import { tokenSetFrom } from "../../src/oauth/token_set.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";
import { openStoreAt, type StoreAddress } from "./open_store_at.ts";
import { startProcess, type StoreProcess } from "./started_process.ts";
import type { StoreTask } from "./store_process.ts";

type TaskOf<T> = T extends StoreTask
  ? Omit<T, "address" | "leaseMs" | "baseUrl" | "clientId" | "clientSecret" | "locationId">
  : never;

/** A HighLevel on loopback, a connection that no test had before, and processes that share a store. */
export interface SharedWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly target: { readonly locationId: string };
  /** Saves a new installation in the store; its access token is expired. */
  saveExpired(): Promise<void>;
  /** A living token, asked for by this process. */
  token(): Promise<string>;
  /** Starts a process. */
  start(task: TaskOf<StoreTask>): StoreProcess;
}

/** Makes one. */
export function sharedWorld(address: StoreAddress, options: SandboxOptions = {}): SharedWorld {
  const sandbox = createSandbox({ rateLimit: false, ...options });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, sandbox.handler);
  const target = { locationId: `shared${crypto.randomUUID()}` };
  const { clientId, clientSecret } = sandbox.app;
  const baseUrl = `http://127.0.0.1:${server.addr.port}`;
  const withConnections = async <T>(use: (connections: Connections) => Promise<T>): Promise<T> => {
    const { store, close } = await openStoreAt(address);
    try {
      return await use(
        new Connections({ app: { ...sandbox.app, fetch: sandbox.fetch }, store, coolDownMs: 0 }),
      );
    } finally {
      await close();
    }
  };
  return {
    sandbox,
    target,
    saveExpired: () =>
      withConnections(async (connections) => {
        const tokens = tokenSetFrom(sandbox.install(target), Date.now() - 86_400_000, "Location");
        await connections.save(target, tokens);
        sandbox.expireAccessTokens();
      }),
    token: () => withConnections((connections) => connections.accessToken(target)),
    start: (task) => {
      const leaseMs = task.do === "hold" || task.do === "die" ? 1_000 : 10_000;
      return startProcess({ ...task, ...target, address, baseUrl, clientId, clientSecret, leaseMs });
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
