import { Hono } from "hono";
import { defineReconnect, type QueueMessage } from "../../src/worker/define.ts";
import type { WorkerEnv } from "../../src/worker/env.ts";

/** Somebody's worker for two apps, each with bindings and settings of its own. */
interface HostEnv extends Record<string, unknown> {
  readonly CRM: Partial<WorkerEnv>;
  readonly CRM_CONNECTIONS: WorkerEnv["CONNECTIONS"];
  readonly CRM_JOBS: WorkerEnv["JOBS"];
  readonly CRM_DIRECTORY: WorkerEnv["DIRECTORY"];
  readonly CRM_QUEUE: WorkerEnv["RECOVERIES"];
  readonly BOOKING: Partial<WorkerEnv>;
  readonly BOOKING_CONNECTIONS: WorkerEnv["CONNECTIONS"];
  readonly BOOKING_JOBS: WorkerEnv["JOBS"];
  readonly BOOKING_DIRECTORY: WorkerEnv["DIRECTORY"];
  readonly BOOKING_QUEUE: WorkerEnv["RECOVERIES"];
  readonly TOKENS: WorkerEnv["TOKENS"];
}

const crm = defineReconnect({
  env: (env: HostEnv) => ({
    ...env.CRM,
    TOKENS: env.TOKENS,
    CONNECTIONS: env.CRM_CONNECTIONS,
    JOBS: env.CRM_JOBS,
    DIRECTORY: env.CRM_DIRECTORY,
    RECOVERIES: env.CRM_QUEUE,
  }),
});
const booking = defineReconnect({
  env: (env: HostEnv) => ({
    ...env.BOOKING,
    TOKENS: env.TOKENS,
    CONNECTIONS: env.BOOKING_CONNECTIONS,
    JOBS: env.BOOKING_JOBS,
    DIRECTORY: env.BOOKING_DIRECTORY,
    RECOVERIES: env.BOOKING_QUEUE,
  }),
});
export const { ConnectionObject: CrmConnection, RecoveryJob: CrmJob, DirectoryObject: CrmDirectory } = crm;
export const {
  ConnectionObject: BookingConnection,
  RecoveryJob: BookingJob,
  DirectoryObject: BookingDirectory,
} = booking;

const app = new Hono<{ Bindings: HostEnv }>();
app.route("/crm", crm.app);
app.route("/booking", booking.app);
app.get("/both/:locationId", async ({ env, json, req }) => {
  const target = { locationId: req.param("locationId") };
  const looks = [crm, booking].map((one) => one.connectionsOf(env).get(target));
  return json((await Promise.all(looks)).map((connection) => connection?.status ?? "none"));
});

const worker: ExportedHandler<HostEnv, QueueMessage> = {
  fetch: (request, env, context) => app.fetch(request, env, context),
  queue: (batch, env) => (batch.queue.startsWith("crm") ? crm : booking).queue(batch, env),
  scheduled: async (controller, env) => {
    await crm.scheduled(controller, env);
    await booking.scheduled(controller, env);
  },
};

export default worker;
