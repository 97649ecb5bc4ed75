import { Hono } from "hono";
import { defineReconnect, type QueueMessage } from "../../src/worker/define.ts";
import type { AssetsBinding, WorkerEnv } from "../../src/worker/env.ts";

/** Somebody else's worker, with names of its own. */
interface HostEnv extends Record<string, unknown> {
  readonly HL_TOKENS: WorkerEnv["TOKENS"];
  readonly HL_CONNECTIONS: WorkerEnv["CONNECTIONS"];
  readonly HL_JOBS: WorkerEnv["JOBS"];
  readonly HL_DIRECTORY: WorkerEnv["DIRECTORY"];
  readonly HL_QUEUE: WorkerEnv["RECOVERIES"];
  readonly HL_EVENTS: NonNullable<WorkerEnv["EVENTS"]>;
  readonly HL_EVENT_ENDPOINTS: NonNullable<WorkerEnv["EVENT_ENDPOINTS"]>;
  readonly HL_ASSETS?: AssetsBinding;
  readonly HL: WorkerEnv;
}

function mapped(env: HostEnv): WorkerEnv {
  const { HL_TOKENS: TOKENS, HL_CONNECTIONS: CONNECTIONS, HL_JOBS: JOBS, HL_QUEUE: RECOVERIES } = env;
  const { HL_DIRECTORY: DIRECTORY, HL_ASSETS: ASSETS, HL_EVENTS: EVENTS } = env;
  const { HL_EVENT_ENDPOINTS: EVENT_ENDPOINTS } = env;
  const objects = { CONNECTIONS, JOBS, DIRECTORY, EVENT_ENDPOINTS };
  return { ...env.HL, TOKENS, ...objects, RECOVERIES, EVENTS, ...(ASSETS && { ASSETS }) };
}

const reconnect = defineReconnect({ env: mapped });
export const { ConnectionObject, DirectoryObject, EventEndpoint, RecoveryJob } = reconnect;

const app = new Hono<{ Bindings: HostEnv }>();
app.get("/", (context) => context.text("the host's own page"));
app.get("/own/:locationId", async (context) => {
  const connections = reconnect.connectionsOf(context.env);
  const locationId = context.req.param("locationId");
  const connection = await connections.get({ locationId });
  if (!connection) return context.text("not connected", 404);
  const response = await connections.fetch({ locationId }, `/locations/${locationId}`);
  return context.json({ status: connection.status, answer: response.status });
});
app.route("/highlevel", reconnect.app);
app.route("/of/:tenant/highlevel", reconnect.app);
app.notFound((context) => context.text("the host's own 404", 404));

const worker: ExportedHandler<HostEnv, QueueMessage> = {
  fetch: (request, env, context) => app.fetch(request, env, context),
  queue: reconnect.queue,
  scheduled: reconnect.scheduled,
};

export default worker;
