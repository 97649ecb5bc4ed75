import { Hono } from "hono";
import { defineReconnect } from "../../../src/worker/define.ts";

const reconnect = defineReconnect();
export const { DirectoryObject, ConnectionObject, EventEndpoint, RecoveryJob } = reconnect;

/** A host that mounts the app below a path. */
const host = new Hono();
host.route("/highlevel", reconnect.app);
host.get("/elsewhere", (context) => context.text("the host's own"));

export default { fetch: host.fetch, queue: () => {} };
