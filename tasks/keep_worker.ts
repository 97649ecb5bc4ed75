import type { LocalWorker } from "./local_worker.ts";

/** Says where the dashboard of `worker` is, and waits until somebody ends it. */
export async function keepWorker(worker: LocalWorker, adminKey: string): Promise<void> {
  console.log(
    `\nThe worker stays until Ctrl-C. Sign in to its dashboard with the key ${adminKey}:\n${worker.url}`,
  );
  await worker.ended;
}
