import { Hono } from "hono";
import { consume } from "../../src/worker/recovery_job/consume.ts";
import type { RecoveryMessage } from "../../src/worker/recovery_job/job_api.ts";
import { RecoveryJob as Job } from "../../src/worker/recovery_job/recovery_job.ts";
import { createApp } from "../../src/worker/create_app.ts";
import { daily } from "../../src/worker/daily.ts";
import type { AssetsBinding, WorkerEnv } from "../../src/worker/env.ts";
import { ConnectionObject as Connection } from "../../src/worker/connection/connection_object.ts";

/** Somebody else's worker, with names of its own. */
interface HostEnv extends Record<string, unknown> {
  readonly HL_TOKENS: WorkerEnv["TOKENS"];
  readonly HL_CONNECTIONS: WorkerEnv["CONNECTIONS"];
  readonly HL_JOBS: WorkerEnv["JOBS"];
  readonly HL_QUEUE: WorkerEnv["RECOVERIES"];
  readonly HL_ASSETS?: AssetsBinding;
  readonly HL: WorkerEnv;
}

function mapped(env: HostEnv): WorkerEnv {
  const { HL_TOKENS: TOKENS, HL_CONNECTIONS: CONNECTIONS, HL_JOBS: JOBS, HL_QUEUE: RECOVERIES } = env;
  const { HL_ASSETS: ASSETS } = env;
  return { ...env.HL, TOKENS, CONNECTIONS, JOBS, RECOVERIES, ...(ASSETS && { ASSETS }) };
}

/** Objects get the host's `env` as well. */
export class ConnectionObject extends Connection {
  constructor(ctx: DurableObjectState, env: HostEnv) {
    super(ctx, mapped(env));
  }
}

/** The same. */
export class RecoveryJob extends Job {
  constructor(ctx: DurableObjectState, env: HostEnv) {
    super(ctx, mapped(env));
  }
}

const app = new Hono();
app.get("/", (context) => context.text("the host's own page"));
app.route("/highlevel", createApp({ env: mapped }));
app.route("/of/:tenant/highlevel", createApp({ env: mapped }));
app.notFound((context) => context.text("the host's own 404", 404));

const worker: ExportedHandler<HostEnv, RecoveryMessage> = {
  fetch: (request, env, context) => app.fetch(request, env, context),
  queue: (batch, env) => consume(batch, mapped(env)),
  scheduled: (controller, env) => daily(mapped(env), controller.scheduledTime),
};

export default worker;
