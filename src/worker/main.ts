import { createApp } from "./create_app.ts";
import { daily } from "./daily.ts";
import type { WorkerEnv } from "./env.ts";
import { consume } from "./recovery_job/consume.ts";
import type { RecoveryMessage } from "./recovery_job/job_api.ts";

export { RecoveryJob } from "./recovery_job/recovery_job.ts";
export { ActivityObject } from "./directory/activity_object.ts";
export { ConnectionObject } from "./connection/connection_object.ts";

const app = createApp();

/** The worker as wrangler.toml deploys it. */
const worker: ExportedHandler<WorkerEnv, RecoveryMessage> = {
  fetch: (request, env, context) => app.fetch(request, env, context),
  queue: (batch, env) => consume(batch, env),
  scheduled: (controller, env) => daily(env, controller.scheduledTime),
};

export default worker;
