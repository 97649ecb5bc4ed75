import assert from "node:assert/strict";
import { ROOT } from "./root.ts";
import { until } from "../until.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `a task that ${signal} ends leaves no settings in a file and no process of the worker`,
    ignore: Deno.build.os !== "linux", // processes are looked up in /proc
    async fn() {
      const folder = await Deno.makeTempDir();
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "tasks/demo.ts"],
        cwd: ROOT,
        env: { TMPDIR: folder },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const said = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      try {
        await until(() => namesIn(folder).some((name) => name.startsWith("highlevel-dev-")), "its settings");
        await until(() => commandsIn(folder).some((command) => command.includes("workerd")), "workerd");
        child.kill(signal);
        assert.equal((await child.status).code, 130, (await said).join("\n"));
        assert.deepEqual(namesIn(folder).filter((name) => name.startsWith("highlevel-")), []);
        await until(() => commandsIn(folder).length === 0, "the end of all it started");
      } catch (error) {
        try {
          child.kill("SIGKILL");
        } catch { /* it has ended */ }
        throw new Error(`The task said:\n${(await said).join("\n")}`, { cause: error });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test("the demo with --keep ends with the dashboard's address, and leaves it open until Ctrl-C", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/demo.ts", "--keep"],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let said = "";
  try {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      const [, key = "", url = ""] = /with the key (\S+):\n(http:\S+)\n$/.exec(said) ?? [];
      if (url === "") continue;
      const headers = { Authorization: `Bearer ${key}` };
      const listed = await fetch(`${url}/connections?status=connected&limit=1`, { headers });
      const { total } = await listed.json<{ total: number }>();
      assert.ok(total > 200, `${total} connections work`);
      assert.match(await (await fetch(url)).text(), /<input[^>]* id="key"/);
      child.kill("SIGINT");
    }
    assert.equal((await child.status).code, 0, said);
  } catch (error) {
    try {
      child.kill("SIGTERM");
    } catch { /* it has ended */ }
    throw new Error(`The demo said:\n${said}`, { cause: error });
  }
});

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

/** Command lines of the processes whose temporary folder is `folder`. */
function commandsIn(folder: string): string[] {
  return namesIn("/proc").filter((name) => /^\d+$/.test(name)).flatMap((id) => {
    try {
      const isOurs = Deno.readTextFileSync(`/proc/${id}/environ`).includes(`TMPDIR=${folder}\0`);
      return isOurs ? [Deno.readTextFileSync(`/proc/${id}/cmdline`)] : [];
    } catch {
      return []; // it has ended, or is somebody else's
    }
  });
}
