import { defineReconnect, type QueueMessage, type Reconnect } from "./define.ts";
import type { WorkerEnv } from "./env.ts";

const reconnect: Reconnect = defineReconnect();

/** One object per connection: wrangler.toml binds the classes by these names. */
export const ConnectionObject: Reconnect["ConnectionObject"] = reconnect.ConnectionObject;
/** One object per bulk recovery. */
export const RecoveryJob: Reconnect["RecoveryJob"] = reconnect.RecoveryJob;
/** One object that lists and counts all connections. */
export const DirectoryObject: Reconnect["DirectoryObject"] = reconnect.DirectoryObject;
/** One object per address that events are sent to. */
export const EventEndpoint: Reconnect["EventEndpoint"] = reconnect.EventEndpoint;

/** The worker as wrangler.toml deploys it. */
const worker: ExportedHandler<WorkerEnv, QueueMessage> = {
  fetch: (request, env, context) => reconnect.app.fetch(request, env, context),
  queue: reconnect.queue,
  scheduled: reconnect.scheduled,
};

export default worker;
