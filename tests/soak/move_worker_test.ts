import { moveWorker } from "../worker/moving/move_worker.ts";

Deno.test({
  name: "a worker with 2,000 connections is exported and restored into an empty one: all living, 0 requests",
  sanitizeOps: false, // Miniflare keeps timers
  sanitizeResources: false,
  fn: () => moveWorker(2_000),
});
