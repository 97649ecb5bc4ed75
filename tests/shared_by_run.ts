/**
 * What a whole run of `deno task test` makes once: `make` is given a path that does not exist, and writes a file or folder
 * there. Returns where it is; `undefined` where a file runs alone, which shares nothing.
 */
export async function sharedByRun(
  name: string,
  make: (path: string) => Promise<void>,
): Promise<string | undefined> {
  const folder = Deno.env.get("TEST_RUN_FOLDER");
  if (folder === undefined) return undefined;
  const path = `${folder}/${encodeURIComponent(name)}`;
  // Others want it at the same time: one makes it, and they wait. The lock goes with its holder.
  using lock = await Deno.open(`${path}.lock`, { create: true, write: true });
  await lock.lock(true);
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const making = `${path}.${Deno.pid}`;
    await make(making);
    await Deno.rename(making, path); // whole, or not there
  }
  return path;
}
