import assert from "node:assert/strict";
import { cliWorld, csvOf, finish, type Finished, MAIN } from "./cli_world.ts";

/** Installs the checkout's command line into `root` and returns the path of its command. */
async function install(root: string, flags: readonly string[]): Promise<string> {
  const { code, err } = await finish(
    new Deno.Command(Deno.execPath(), {
      args: [
        "install",
        "--global",
        "--allow-all",
        ...flags,
        "--root",
        root,
        "--name",
        "highlevel-reconnect",
        MAIN,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  assert.equal(code, 0, err);
  return `${root}/bin/highlevel-reconnect`;
}

for (const flags of [["--unstable-kv"], []]) {
  Deno.test(`installed by deno install -g ${flags.join(" ")}, it runs from an empty folder`, async () => {
    await using world = cliWorld({ locations: 3 });
    const root = await Deno.makeTempDir({ prefix: "highlevel-cli-root-" });
    try {
      const command = await install(root, flags);
      const run = async (args: readonly string[], env = {}): Promise<Finished> =>
        await finish(
          new Deno.Command(command, {
            args: [...args],
            cwd: world.folder,
            env: { ...world.env, ...env },
            stdin: "null",
            stdout: "piped",
            stderr: "piped",
          }).spawn(),
        );
      const first = world.sandbox.locationIds()[0] ?? "";
      assert.match((await run(["recover", "--location", first])).out, /1 connection: 1 recovered/);
      world.write("ids.csv", csvOf(world.sandbox.locationIds()));
      const { code, out, err } = await run(["recover", "--file", "ids.csv"]);
      assert.equal(code, 0, err);
      assert.match(out, /3 connections: 3 recovered/);
      assert.equal((await run(["recover"])).code, 2);
      const kv = await run(["list", "--store", "deno-kv:former.db"]);
      assert.equal(kv.code, 0, kv.err);
      assert.ok(world.sandbox.isLiving((await run(["token", "--location", first])).out.trim()));
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}
