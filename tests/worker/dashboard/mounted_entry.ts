import { Hono } from "hono";
import { createApp } from "../../../src/worker/create_app.ts";

export { RecoveryJob } from "../../../src/worker/jobs/recovery_job.ts";
export { ActivityObject } from "../../../src/worker/objects/activity_object.ts";
export { ConnectionObject } from "../../../src/worker/objects/connection_object.ts";

/** A host that mounts the app below a path. */
const host = new Hono();
host.route("/highlevel", createApp());
host.get("/elsewhere", (context) => context.text("the host's own"));

export default { fetch: host.fetch, queue: () => {} };
