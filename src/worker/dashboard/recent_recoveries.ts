const PREFIX = "recovery/";
const KEPT_SECONDS = 7 * 24 * 3_600;
/** How many are shown. */
const SHOWN = 10;

/** Notes that a bulk recovery was started here, so that it is found again after its page was closed. */
export async function noteRecovery(kv: KVNamespace, id: string, now: number): Promise<void> {
  const newestFirst = String(9e15 - now).padStart(16, "0");
  await kv.put(`${PREFIX}${newestFirst}/${id}`, "", { expirationTtl: KEPT_SECONDS });
}

/** Ids of the bulk recoveries started here in the last 7 days, newest first. */
export async function recentRecoveries(kv: KVNamespace): Promise<string[]> {
  const { keys } = await kv.list({ prefix: PREFIX, limit: SHOWN });
  return keys.flatMap(({ name }) => name.split("/")[2] ?? []);
}
