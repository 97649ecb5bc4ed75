import { moveWorker } from "./move_worker.ts";

const COUNT = 200;

Deno.test({
  name:
    `a worker with ${COUNT} connections is exported and restored into an empty one: all living, 0 requests`,
  sanitizeOps: false, // Miniflare keeps timers
  sanitizeResources: false,
  fn: () => moveWorker(COUNT),
});
