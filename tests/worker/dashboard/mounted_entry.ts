import { Hono } from "hono";
import { createApp } from "../../../src/worker/create_app.ts";

export { RecoveryJob } from "../../../src/worker/recovery_job/recovery_job.ts";
export { ActivityObject } from "../../../src/worker/directory/activity_object.ts";
export { ConnectionObject } from "../../../src/worker/connection/connection_object.ts";

/** A host that mounts the app below a path. */
const host = new Hono();
host.route("/highlevel", createApp());
host.get("/elsewhere", (context) => context.text("the host's own"));

export default { fetch: host.fetch, queue: () => {} };
