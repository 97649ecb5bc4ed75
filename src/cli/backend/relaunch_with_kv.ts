/**
 * Runs `script` again with Deno KV switched on, for installations made without `--unstable-kv`: a flag that cannot be
 * set from inside. Signals are handed on. Returns its exit code.
 */
export async function relaunchWithKv(script: string): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", "--unstable-kv", script, ...Deno.args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, () => child.kill(signal));
  return (await child.status).code;
}
