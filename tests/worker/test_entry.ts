import { defineReconnect, type QueueMessage } from "../../src/worker/define.ts";
import type { ConnectionApi as Api } from "../../src/worker/connection/connection_api.ts";
import type { EventEndpointApi } from "../../src/worker/events/endpoint_api.ts";
import type { ObjectNamespace, WorkerEnv } from "../../src/worker/env.ts";
import { reconnectApp } from "../../src/worker/reconnect_app.ts";

/*
 * The worker with handles for tests, below /__test: a clock that can be moved, shorter pauses, a KV that refuses, is late or
 * answers stale, objects that are full or reset, a count of what woke, SQL into an object, and its alarm at once. The code under test is the deployed one.
 */
const realNow = Date.now;
let offsetMs = 0;
Date.now = () => realNow() + offsetMs;

const realSetTimeout = globalThis.setTimeout;
/** Pauses of the code under test are this many times shorter. */
let hurry = 1;
Object.assign(globalThis, {
  setTimeout: (run: () => void, ms = 0) => realSetTimeout(run, ms / hurry),
});

type KvMode = "ok" | "unreadable" | "refuse" | "hang" | "late" | "stale" | "cached" | "slow to delete";
const KV_MODES: readonly KvMode[] = [
  "ok",
  "unreadable",
  "refuse",
  "hang",
  "late",
  "stale",
  "cached",
  "slow to delete",
];
/** What KV found missing it denies for so long, ms, whatever was written meanwhile. */
const DENIED_MS = 60_000;
const denied = new Map<string, number>();
/** How late a write is that is late, ms: later than a connection's object waits. */
const LATE_MS = 6_000;
/** How long a slow delete takes, ms. */
const SLOW_DELETE_MS = 1_500;
let kvMode: KvMode = "ok";
const stale = new Map<string, string | null>();
const woken: Record<string, number> = {};
const delays: number[] = [];

function troubled(kv: KVNamespace): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      if (name === "put" || name === "get") count(`kv.${name}`);
      if (name === "get" && kvMode === "unreadable") {
        return () => Promise.reject(new Error("KV GET failed: 500 Internal Server Error"));
      }
      if (name === "put" && kvMode === "refuse") {
        return () => Promise.reject(new Error("KV PUT failed: 429 Too Many Requests"));
      }
      if (name === "put" && kvMode === "hang") return () => new Promise(() => {});
      if (name === "put" && kvMode === "late") {
        return async (...args: Parameters<KVNamespace["put"]>) => {
          await new Promise((resolve) => setTimeout(resolve, LATE_MS));
          await target.put(...args);
        };
      }
      if (name === "delete" && kvMode === "slow to delete") {
        return async (key: string) => {
          count("kv.delete");
          await new Promise((resolve) => setTimeout(resolve, SLOW_DELETE_MS));
          await target.delete(key);
        };
      }
      if (name === "list") {
        return (options: KVNamespaceListOptions) => {
          count("kv.list");
          return target.list(options);
        };
      }
      if (name === "get" && kvMode === "stale") {
        return async (key: string) =>
          stale.has(key) ? stale.get(key) : await target.get(key, { type: "text" });
      }
      if (name === "get" && kvMode === "cached") {
        return async (key: string) => {
          if ((denied.get(key) ?? 0) > Date.now()) return null;
          const found = await target.get(key, { type: "text" });
          if (found === null) denied.set(key, Date.now() + DENIED_MS);
          return found;
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** What happens to events next, so many times: their queue takes nothing, its consumer or an address's object is thrown out. */
const eventTrouble = { what: "none", left: 0 };

function meets(what: string): boolean {
  if (eventTrouble.what !== what || eventTrouble.left <= 0) return false;
  eventTrouble.left--;
  return true;
}

function refusing(queue: NonNullable<WorkerEnv["EVENTS"]>): NonNullable<WorkerEnv["EVENTS"]> {
  return new Proxy(queue, {
    get(target, name) {
      if ((name === "send" || name === "sendBatch") && meets("queue refuses")) {
        return () => Promise.reject(new Error("Queue send failed: Too Many Requests"));
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

let isFull = false;
/** Statements of objects since the last count of rows. */
const cursors: Pick<SqlStorageCursor<Record<string, SqlStorageValue>>, "rowsRead">[] = [];
/** ReceivedWebhooks of webhooks that meet an object which has just been reset. */
let resets = 0;
/** Tokens brought to an object that has too much to do. */
let overloads = 0;

/**
 * `ctx` with a SQLite that may be full: reads go on, writes are refused as workerd refuses them. Rows and alarms that are
 * written are counted, as Cloudflare counts them.
 */
function fillable(ctx: DurableObjectState, kind = "connection"): DurableObjectState {
  const { sql } = ctx.storage;
  const exec = sql.exec.bind(sql);
  sql.exec = (query, ...values) => {
    if (isFull && !query.startsWith("SELECT")) throw new Error("database or disk is full: SQLITE_FULL");
    const cursor = exec(query, ...values);
    cursors.push(cursor);
    count(`rows.${kind}`, cursor.rowsWritten);
    return cursor;
  };
  const { storage } = ctx;
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = async (at, options) => {
    count(`alarms.${kind}`);
    await setAlarm(at, options);
  };
  return ctx;
}

/** Rows of an object's SQLite; none of a table that it has not made yet. */
function rowsOf(
  sql: SqlStorage,
  query: string,
  values: readonly (string | number)[],
): Record<string, SqlStorageValue>[] {
  try {
    return sql.exec(query, ...values).toArray();
  } catch (error) {
    if (!/no such table/.test(String(error))) throw error;
    return [];
  }
}

/** Whether a secret is missing, for objects that start from now on. */
let isMisconfigured = false;

function withTrouble(env: WorkerEnv): WorkerEnv {
  return {
    ...env,
    ...isMisconfigured && { HIGHLEVEL_CLIENT_SECRET: "" },
    TOKENS: troubled(env.TOKENS),
    CONNECTIONS: counted(env.CONNECTIONS),
    DIRECTORY: counted(env.DIRECTORY),
    ...env.EVENTS && { EVENTS: refusing(env.EVENTS) },
  };
}

function count(name: string, by = 1): void {
  woken[name] = (woken[name] ?? 0) + by;
}

/** `namespace` with a count of the calls of its objects' methods. */
function counted<Api extends object>(namespace: ObjectNamespace<Api>): ObjectNamespace<Api> {
  return {
    idFromName: (name) => namespace.idFromName(name),
    get: (id) =>
      new Proxy(namespace.get(id), {
        get: (stub, name) => {
          const method: unknown = Reflect.get(stub, name);
          if (typeof method !== "function" || typeof name === "symbol") return method;
          return (...args: unknown[]): unknown => {
            count(`calls.${name}`);
            if (name === "save" && overloads-- > 0) {
              return Promise.reject(
                Object.assign(new Error("Durable Object is overloaded."), { overloaded: true }),
              );
            }
            return Reflect.apply(method, stub, args);
          };
        },
      }),
  };
}

/** `ctx` whose alarms ring by the moved clock: what is set from now on comes after as long a time as the object meant. */
function timed(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const [setAlarm, getAlarm] = [storage.setAlarm.bind(storage), storage.getAlarm.bind(storage)];
  storage.setAlarm = (at) => setAlarm(Number(at) - offsetMs);
  storage.getAlarm = async () => {
    const at = await getAlarm();
    return at === null ? null : at + offsetMs;
  };
  return ctx;
}

const reconnect = defineReconnect({ env: withTrouble });
const { ConnectionObject: Connection, DirectoryObject: Directory, RecoveryJob: Job } = reconnect;
const { EventEndpoint: Endpoint } = reconnect;

/** What the handles call. */
interface Handles {
  testSql(query: string, values: readonly (string | number)[]): Promise<Record<string, SqlStorageValue>[]>;
  testAlarm(): Promise<void>;
  testAlarmAt(): Promise<number | null>;
}

export class ConnectionObject extends Connection implements Handles {
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(fillable(ctx), env);
    count("connections");
  }
  override token(...args: Parameters<Api["token"]>): ReturnType<Api["token"]> {
    count("token");
    return super.token(...args);
  }
  override recover(...args: Parameters<Api["recover"]>): ReturnType<Api["recover"]> {
    count("recover");
    return super.recover(...args);
  }
  override async deliver(...args: Parameters<Api["deliver"]>): ReturnType<Api["deliver"]> {
    if (resets-- > 0) throw new Error("Internal error in Durable Object storage caused object to be reset.");
    return await super.deliver(...args);
  }
  /** As a deployment does: whatever is under way breaks off. */
  testReset(): void {
    this.ctx.abort("Durable Object reset because its code was updated.");
  }
  /** Ends this instance, as a deployment or an eviction does; the next call makes another one. */
  testEnd(): void {
    this.ctx.abort("ended by a test");
  }
  /** Loses the alarm, as Cloudflare does after the work of one has thrown six times. */
  async testLoseAlarm(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
  }
  testSql(query: string, values: readonly (string | number)[]): Promise<Record<string, SqlStorageValue>[]> {
    return Promise.resolve(rowsOf(this.ctx.storage.sql, query, values));
  }
  async testAlarm(): Promise<void> {
    await this.alarm();
  }
  async testAlarmAt(): Promise<number | null> {
    return await this.ctx.storage.getAlarm();
  }
}

export class DirectoryObject extends Directory implements Handles {
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(ctx, env);
  }
  testSql(query: string, values: readonly (string | number)[]): Promise<Record<string, SqlStorageValue>[]> {
    return Promise.resolve(this.ctx.storage.sql.exec(query, ...values).toArray());
  }
  async testAlarm(): Promise<void> {
    await this.alarm();
  }
  async testAlarmAt(): Promise<number | null> {
    return await this.ctx.storage.getAlarm();
  }
  /** What Cloudflare never does, and a mistake may: everything that is kept is gone, and so is the instance. */
  async testLose(): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.ctx.abort("lost");
  }
}

export class RecoveryJob extends Job implements Handles {
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(timed(fillable(ctx, "job")), env);
    count("jobs");
  }
  testSql(query: string, values: readonly (string | number)[]): Promise<Record<string, SqlStorageValue>[]> {
    return Promise.resolve(rowsOf(this.ctx.storage.sql, query, values));
  }
  async testAlarm(): Promise<void> {
    await this.alarm();
  }
  async testAlarmAt(): Promise<number | null> {
    return await this.ctx.storage.getAlarm();
  }
}

export class EventEndpoint extends Endpoint implements Handles {
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(fillable(ctx, "endpoint"), env);
  }
  testSql(query: string, values: readonly (string | number)[]): Promise<Record<string, SqlStorageValue>[]> {
    return Promise.resolve(rowsOf(this.ctx.storage.sql, query, values));
  }
  async testAlarm(): Promise<void> {
    await this.alarm();
  }
  async testAlarmAt(): Promise<number | null> {
    return await this.ctx.storage.getAlarm();
  }
  override async take(...args: Parameters<EventEndpointApi["take"]>): ReturnType<EventEndpointApi["take"]> {
    if (meets("object reset")) this.ctx.abort("Durable Object reset because its code was updated.");
    return await super.take(...args);
  }
  /** Ends the instance, as a deployment does. */
  testEnd(): void {
    this.ctx.abort("ended");
  }
}

/** The batch, with retries that come at once; notes the delays that were asked for. */
function hurried(batch: MessageBatch<QueueMessage>): MessageBatch<QueueMessage> {
  const messages = batch.messages.map((message) => ({
    id: message.id,
    timestamp: message.timestamp,
    body: message.body,
    attempts: message.attempts,
    ack: () => message.ack(),
    retry: ({ delaySeconds = 0 }: QueueRetryOptions = {}) => {
      delays.push(delaySeconds);
      message.retry({ delaySeconds: 0 });
    },
  }));
  return new Proxy(batch, {
    get: (target, name) => name === "messages" ? messages : Reflect.get(target, name),
  });
}

/** Lets the directory's alarm ring until it has nothing more to do: real alarms do not follow the clock. */
async function sweepWhole(env: WorkerEnv): Promise<void> {
  const directory: unknown = reconnectApp(env).directory();
  const call = async (method: string, ...args: unknown[]): Promise<unknown> =>
    await Reflect.apply(Reflect.get(Object(directory), method), directory, args);
  for (let turns = 0; turns < 1_000; turns++) {
    await call("testAlarm");
    const left = await call("testSql", "SELECT name FROM schedule WHERE name IN ('daily', 'turn')", []);
    if (Array.isArray(left) && left.length === 0) return;
  }
  throw new Error("The sweep did not end.");
}

async function handle(request: Request, env: WorkerEnv): Promise<Response> {
  const { pathname } = new URL(request.url);
  const body: Record<string, unknown> = await request.json();
  const text = (name: string): string => String(body[name] ?? "");
  switch (pathname) {
    case "/__test/clock":
      offsetMs = Number(body.offsetMs);
      return Response.json({ now: Date.now() });
    case "/__test/kv":
      kvMode = KV_MODES.find((mode) => mode === body.mode) ?? "ok";
      if (kvMode === "stale") {
        stale.clear();
        for (const { name } of (await env.TOKENS.list()).keys) stale.set(name, await env.TOKENS.get(name));
      }
      return Response.json({});
    case "/__test/full":
      isFull = body.full === true;
      return Response.json({});
    case "/__test/misconfigured":
      isMisconfigured = body.misconfigured === true;
      return Response.json({});
    case "/__test/events":
      Object.assign(eventTrouble, { what: text("what"), left: Number(body.times) });
      return Response.json({});
    case "/__test/reset":
      resets = Number(body.times);
      return Response.json({});
    case "/__test/overload":
      overloads = Number(body.times);
      return Response.json({});
    case "/__test/hurry":
      hurry = Number(body.times);
      return Response.json({});
    case "/__test/woken":
      return Response.json(woken);
    case "/__test/delays":
      return Response.json(delays);
    case "/__test/daily":
      await reconnect.scheduled({ cron: "", scheduledTime: Date.now(), noRetry: () => {} }, env);
      await sweepWhole(env);
      return Response.json({});
    case "/__test/queue": {
      const outcome: string[] = [];
      const messages = [body.message].flat().map((message: unknown, index) => ({
        body: message,
        attempts: Number(body.attempts ?? 1),
        ack: () => void outcome.push(`ack ${index}`),
        retry: ({ delaySeconds = 0 }: QueueRetryOptions = {}) =>
          void outcome.push(`retry ${index} ${delaySeconds}`),
      }));
      const handled: Promise<void> = Reflect.apply(reconnect.queue, undefined, [{
        queue: "whatever it is called",
        messages,
      }, env]);
      await handled.catch(() => outcome.push("thrown"));
      return Response.json(outcome);
    }
  }
  const { id } = reconnectApp(env);
  const of = text("of");
  const [namespace, prefix] = of === "job"
    ? [env.JOBS, `${id}/job/`]
    : of === "directory"
    ? [env.DIRECTORY, `${id}/directory/`]
    : of === "endpoint" && env.EVENT_ENDPOINTS
    ? [env.EVENT_ENDPOINTS, `${id}/events/`]
    : of === "first edition"
    ? [env.CONNECTIONS, ""]
    : of === "first edition job"
    ? [env.JOBS, ""]
    : [env.CONNECTIONS, `${id}/`];
  const stub: unknown = namespace.get(namespace.idFromName(prefix + text("name")));
  const call = async (method: string, ...args: unknown[]): Promise<unknown> =>
    await Reflect.apply(Reflect.get(Object(stub), method), stub, args);
  switch (pathname) {
    case "/__test/sql":
      return Response.json(await call("testSql", text("query"), body.values ?? []));
    case "/__test/rows-read": {
      cursors.length = 0;
      await call(text("method"), ...[body.args].flat());
      return Response.json(cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0));
    }
    case "/__test/alarm":
      return Response.json(await call("testAlarm") ?? {});
    case "/__test/alarm-at":
      return Response.json({ at: await call("testAlarmAt") });
    default:
      return Response.json(await call(text("method"), ...[body.args].flat()) ?? null);
  }
}

const worker: ExportedHandler<WorkerEnv, QueueMessage> = {
  fetch: (request, env, context) =>
    new URL(request.url).pathname.startsWith("/__test/")
      ? handle(request, env)
      : reconnect.app.fetch(request, env, context),
  queue: async (batch, env) => {
    const { messages } = batch;
    const isThrownOut = messages.some(({ body }) => "event" in body) && meets("consumer thrown out");
    // All was done, and nobody learns of it.
    const deaf = messages.map(({ id, timestamp, body, attempts }) => ({
      ...{ id, timestamp, body, attempts },
      ack: () => {},
      retry: () => {},
    }));
    if (!isThrownOut) return await reconnect.queue(hurried(batch), env);
    await reconnect.queue(
      new Proxy(batch, { get: (target, name) => name === "messages" ? deaf : Reflect.get(target, name) }),
      env,
    );
    throw new Error("The consumer was thrown out.");
  },
  scheduled: reconnect.scheduled,
};

export default worker;
