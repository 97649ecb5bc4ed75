import type { Hono } from "hono/tiny";
import { appEnvs, envOfApp, envWithId } from "./app_envs.ts";
import { ConnectionObject } from "./connection/connection_object.ts";
import { ReconnectConnections } from "./connections_of.ts";
import { createApp } from "./create_app.ts";
import { DirectoryObject } from "./directory/directory_object.ts";
import type { WorkerEnv } from "./env.ts";
import { consumeEvents } from "./events/consume_events.ts";
import { EventEndpoint } from "./events/event_endpoint.ts";
import { type EventMessage, isEventMessage } from "./events/event_message.ts";
import type { AppTypes } from "./http/route.ts";
import { requireWithin, withinJurisdiction } from "./jurisdiction.ts";
import { reconnectApp } from "./reconnect_app.ts";
import { consume } from "./recovery_job/consume.ts";
import type { RecoveryMessage } from "./recovery_job/job_api.ts";
import { RecoveryJob } from "./recovery_job/recovery_job.ts";

export type { ReconnectConnections };
export type { WorkerBindings, WorkerEnv, WorkerVariables } from "./env.ts";

/** Options of {@linkcode defineReconnect}. */
export interface ReconnectOptions {
  /**
   * Where the host keeps the bindings and settings of this app.
   * @default {the host's own `env`, under the names of wrangler.toml}
   */
  env?(hostEnv: object): WorkerEnv;
}

/** The host's `env` is ours. What is missing in it, {@linkcode reconnectApp} names. */
const AS_IT_IS: Required<ReconnectOptions> = { env: (env: WorkerEnv) => env };

/** A Durable Object's class: what a host exports, so that Cloudflare finds it. */
export type ObjectClass<T> = new (ctx: DurableObjectState, hostEnv: object) => T;

/** A message of the worker's queues. */
export type QueueMessage = RecoveryMessage | EventMessage;

/** The token service, for a worker to mount: everything reads the same settings. */
export interface Reconnect {
  /** All routes, to be mounted anywhere: `host.route("/highlevel", reconnect.app)`. */
  readonly app: Hono<AppTypes>;
  /** One object per connection. */
  readonly ConnectionObject: ObjectClass<ConnectionObject>;
  /** One object per bulk recovery. */
  readonly RecoveryJob: ObjectClass<RecoveryJob>;
  /** One object that lists and counts all connections. */
  readonly DirectoryObject: ObjectClass<DirectoryObject>;
  /** One object per address that events are sent to. */
  readonly EventEndpoint: ObjectClass<EventEndpoint>;
  /** Consumes the queues of bulk recoveries and of events, which may have any names. */
  readonly queue: (batch: MessageBatch<QueueMessage>, hostEnv: object) => Promise<void>;
  /** The daily round. */
  readonly scheduled: (controller: ScheduledController, hostEnv: object) => Promise<void>;
  /** The connections, for the host's own code: no HTTP in between. Of several apps `name` says whose. */
  readonly connectionsOf: (hostEnv: object, name?: string) => ReconnectConnections;
}

/**
 * The token service as a worker mounts it: app, objects, queue and daily round from one definition, so that all of them read
 * the same bindings and settings. Nothing is read before the first request.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { defineReconnect } from "@reconnect/highlevel/worker";
 *
 * const reconnect = defineReconnect();
 * const host = new Hono();
 * host.route("/highlevel", reconnect.app);
 *
 * // Without its settings it serves nothing and names what is missing.
 * const response = await host.request("/highlevel/healthz", {}, {});
 * if (response.status !== 503) throw new Error("it should fail closed");
 * ```
 */
export function defineReconnect(options: ReconnectOptions = {}): Reconnect {
  const given = { ...AS_IT_IS, ...options };
  const envOf = (hostEnv: object): WorkerEnv => withinJurisdiction(given.env(hostEnv));
  // An object's name begins with the id of its app, and a slash; in the first edition it began with the kind of connection.
  const ofObject = ({ id }: DurableObjectState, hostEnv: object): WorkerEnv => {
    const env = envOf(hostEnv);
    requireWithin(env, id);
    return envWithId(env, /^(?!location\/|company\/)([^/]+)\//.exec(id.name ?? "")?.[1]);
  };
  // One per isolate, set of bindings and app: settings are checked once, and what healing did not help is remembered.
  const opened = new WeakMap<object, Map<string, ReconnectConnections>>();
  return {
    app: createApp(envOf),
    ConnectionObject: class extends ConnectionObject {
      constructor(ctx: DurableObjectState, hostEnv: object) {
        super(ctx, ofObject(ctx, hostEnv));
      }
    },
    RecoveryJob: class extends RecoveryJob {
      constructor(ctx: DurableObjectState, hostEnv: object) {
        super(ctx, ofObject(ctx, hostEnv));
      }
    },
    DirectoryObject: class extends DirectoryObject {
      constructor(ctx: DurableObjectState, hostEnv: object) {
        super(ctx, ofObject(ctx, hostEnv));
      }
    },
    EventEndpoint: class extends EventEndpoint {
      constructor(ctx: DurableObjectState, hostEnv: object) {
        super(ctx, ofObject(ctx, hostEnv));
      }
    },
    queue: async ({ messages }, hostEnv) => {
      const env = envOf(hostEnv);
      const byApp = Map.groupBy(messages, ({ body }) => body?.appId);
      await eachByItself([...byApp], async ([appId, ofApp]) => {
        const app = reconnectApp(envWithId(env, appId));
        await consumeEvents(ofApp.filter(isAboutEvent), app);
        await consume(ofApp.filter(isAboutRecovery), app);
      });
    },
    scheduled: async (_controller, hostEnv) => {
      // The directory's object carries the round on by its alarm, for as long as it takes.
      await eachByItself(
        appEnvs(envOf(hostEnv)),
        async (env) => await reconnectApp(env).directory().startSweep(),
      );
    },
    connectionsOf: (hostEnv, name = "") => {
      const byName = opened.get(hostEnv) ?? new Map<string, ReconnectConnections>();
      opened.set(hostEnv, byName);
      let connections = byName.get(name);
      if (!connections) {
        const env = envOf(hostEnv);
        connections = new ReconnectConnections(reconnectApp(name === "" ? env : envOfApp(env, name)));
        byName.set(name, connections);
      }
      return connections;
    },
  };
}

function isAboutEvent(message: Message<QueueMessage>): message is Message<EventMessage> {
  return isEventMessage(message.body);
}

function isAboutRecovery(message: Message<QueueMessage>): message is Message<RecoveryMessage> {
  return !isEventMessage(message.body);
}

/** Does `work` for each app. One app's trouble is no other's: all of it ends before any trouble is told. */
async function eachByItself<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const works = items.map(work);
  await Promise.allSettled(works);
  await Promise.all(works);
}
