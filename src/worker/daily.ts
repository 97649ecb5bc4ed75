import type { ReconnectApp } from "./reconnect_app.ts";

/** The daily round, as the cron starts it: the directory's object carries it on by its alarm, for as long as it takes. */
export async function daily(app: Pick<ReconnectApp, "directory">): Promise<void> {
  await app.directory().startSweep();
}
