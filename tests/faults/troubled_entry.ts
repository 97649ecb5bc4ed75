// The deployed worker over a KV and an object storage that can be put in trouble: POST /__trouble with what and how often.
import { defineReconnect, type QueueMessage } from "../../src/worker/define.ts";
import type { WorkerEnv } from "../../src/worker/env.ts";

interface Trouble {
  readonly what: string;
  left: number;
}

const trouble: Trouble = { what: "none", left: 0 };
const stale = new Map<string, string | null>();
let hits = 0;

function meets(what: string): boolean {
  if (trouble.what !== what || trouble.left <= 0) return false;
  trouble.left--;
  hits++;
  return true;
}

function troubled(env: WorkerEnv): WorkerEnv {
  const TOKENS = new Proxy(env.TOKENS, {
    get(kv, name) {
      if (name === "get" && meets("kv stale")) {
        return (key: string) => Promise.resolve(stale.get(key) ?? null);
      }
      if (typeof name === "string" && meets(`kv ${name}`)) {
        return () => Promise.reject(new Error(`KV ${name} failed: 500 Internal Server Error`));
      }
      const member: unknown = Reflect.get(kv, name);
      return typeof member === "function" ? member.bind(kv) : member;
    },
  });
  return { ...env, TOKENS };
}

/** Makes writes of an object's SQLite fail as they do when its storage is full. */
function fillable(ctx: DurableObjectState): DurableObjectState {
  const { sql } = ctx.storage;
  const exec = sql.exec.bind(sql);
  Object.defineProperty(sql, "exec", {
    value: (query: string, ...values: SqlStorageValue[]) => {
      if (/^(INSERT|UPDATE)/.test(query) && meets("storage full")) {
        throw new Error("database or disk is full: SQLITE_FULL");
      }
      return exec(query, ...values);
    },
  });
  return ctx;
}

const reconnect = defineReconnect({ env: troubled });
const { ConnectionObject: Connection, RecoveryJob: Job } = reconnect;
export const { DirectoryObject, EventEndpoint } = reconnect;

export class ConnectionObject extends Connection {
  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(fillable(ctx), env);
  }
}

export class RecoveryJob extends Job {
  protected override readonly lostAfterMs = 1_000;

  constructor(ctx: DurableObjectState, env: WorkerEnv) {
    super(fillable(ctx), env);
  }
}

const worker: ExportedHandler<WorkerEnv, QueueMessage> = {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/__trouble") {
      return await reconnect.app.fetch(request, env, context);
    }
    const { what, times }: { what: string; times: number } = await request.json();
    const met = hits;
    hits = 0;
    Object.assign(trouble, { what, left: times });
    stale.clear();
    if (what === "kv stale") {
      for (const { name } of (await env.TOKENS.list()).keys) stale.set(name, await env.TOKENS.get(name));
    }
    return Response.json({ met });
  },
  queue: reconnect.queue,
  scheduled: reconnect.scheduled,
};

export default worker;
