// The deployed worker, but for one thing: a bulk target that nobody reported is sent again within seconds, not minutes.
// The queue of local workerd keeps its messages in memory and loses them when it is killed; Cloudflare's does not.
import worker, { RecoveryJob as Job } from "../../src/worker/main.ts";

export { ConnectionObject, DirectoryObject, EventEndpoint } from "../../src/worker/main.ts";

export class RecoveryJob extends Job {
  protected override readonly lostAfterMs = 1_500;
}

export default worker;
