import assert from "node:assert/strict";
import { programAt, skipped } from "../programs.ts";
import { assertNoSecret, cliWorld, csvOf, finish, MAIN } from "./cli_world.ts";
import { until } from "../until.ts";

/** `script` of util-linux runs a command on a terminal of its own. */
const hasScript = programAt("script") !== undefined && await (async (): Promise<boolean> => {
  try {
    const { stdout } = await new Deno.Command("script", { args: ["--version"], stderr: "null" }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
})();
if (!hasScript) skipped("tests of the command line on a terminal", "apt-get install -y bsdutils");

/** Starts a command on a terminal of so many columns; all it writes comes by stdout. */
function startOnTerminal(
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
  args: readonly string[],
  columns: number,
): Deno.ChildProcess {
  const command = [Deno.execPath(), "run", "--allow-all", "--no-check", "--quiet", MAIN, ...args].join(" ");
  const colours = "NO_COLOR" in env ? "" : "unset NO_COLOR; "; // whatever runs these tests may have it
  return new Deno.Command("script", {
    args: [
      ...["--quiet", "--return", "--command"],
      `${colours}stty cols ${columns} rows 40; exec ${command}`,
      "/dev/null",
    ],
    cwd: folder,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

const COLOR = /\p{Cc}\[[0-9;]*m/gu;
const CONTROL = /\p{Cc}\[[0-9;?]*[A-Za-z]/gu;

/** What `text` draws on a terminal: colours are left out, and every move of the cursor begins a line. */
function screenOf(text: string): string {
  return text.replace(COLOR, "").replace(CONTROL, "\n").replaceAll("\r", "");
}

Deno.test({
  name: "on a terminal recover shows a bar with rate, ETA and counts, then the table",
  ignore: !hasScript,
  async fn() {
    await using world = cliWorld({ locations: 300, latencyMs: 20 });
    const ids = world.sandbox.locationIds();
    world.sandbox.pause(ids[0] ?? "");
    world.write("ids.csv", csvOf(ids));
    const { code, out } = await finish(startOnTerminal(world, ["recover", "--file", "ids.csv"], 120));
    assert.equal(code, 1, out);
    const screen = screenOf(out);
    assert.match(screen, /Recovering █+░+ +\d+% {2}\d+ of 300 {2}\d+\/s {2}ETA \d+s/);
    assert.match(screen, /Recovering █+ 100% {2}300 of 300 {2}\d+\/s/);
    assert.match(screen, /\d+ recovered/);
    assert.match(screen, /0 need reauthorization {3}0 failed/);
    assert.match(screen, /CONNECTION +STATUS +LINK +REASON\n/);
    assert.match(screen, /location \w{20} {2}paused +- +HighLevel answered/);
    assert.match(screen, /300 connections: 299 recovered, 1 paused, in /);
    assert.ok(!/recovered +location/.test(screen), "no line per connection beside the bar");
    assert.ok(out.includes("\x1b[32m"), "counts are coloured");
    assert.ok(out.lastIndexOf("\x1b[?25h") > out.lastIndexOf("\x1b[?25l"), "the cursor is shown again");
    assertNoSecret(world.sandbox, out);
  },
});

Deno.test({
  name: "NO_COLOR is heeded, and a narrow terminal gets no table but all of it",
  ignore: !hasScript,
  async fn() {
    await using world = cliWorld({ locations: [{ locationId: "off", active: false }] });
    const env = { ...world.env, NO_COLOR: "1" };
    const { out } = await finish(startOnTerminal({ ...world, env }, ["recover", "--location", "off"], 50));
    const screen = screenOf(out);
    assert.match(
      screen,
      /location off {2}paused {2}-\n {2}HighLevel answered 400: "Location is not\n {2}active"\./,
    );
    assert.match(screen, /trace\s+[0-9a-f-]{36}/);
    assert.ok(!out.includes("\x1b[3"), "no colours");
  },
});

Deno.test({
  name: "Ctrl-C on a terminal ends the bar, prints the summary and tells how to go on",
  ignore: !hasScript,
  async fn() {
    await using world = cliWorld({ locations: 200, latencyMs: 20 });
    world.write("ids.csv", csvOf([...world.sandbox.locationIds(), ...world.sandbox.locationIds()]));
    const args = ["recover", "--file", "ids.csv", "--concurrency", "4"];
    const child = startOnTerminal(world, args, 60);
    await until(() => world.sandbox.counts.exchange >= 15);
    Deno.kill(await pidBelow(child.pid), "SIGINT");
    const { code, out } = await finish(child);
    assert.equal(code, 1, out);
    assert.match(screenOf(out), /Stopping: finishing what is in flight\./);
    assert.ok(out.includes("\x1b[Kstop at once."), "nothing of the bar is left beside a remark");
    assert.match(
      screenOf(out),
      /\d+ connections: \d+ recovered, \d+ not tried, in \d+\.\d s\.\s+Interrupted\./,
    );
    assert.match(screenOf(out), /--resume/);

    const again = await finish(startOnTerminal(world, [...args, "--resume"], 120));
    assert.equal(again.code, 0, again.out);
    assert.match(
      screenOf(again.out),
      /Recovering █+ 100% {2}1\d\d of 1\d\d /,
      "the bar counts only what is left",
    );
    assert.ok(out.lastIndexOf("\x1b[?25h") > out.lastIndexOf("\x1b[?25l"), "the cursor is shown again");
  },
});

Deno.test({
  name:
    "no bar before there is something to do: a file that is not there, a key that is missing, nothing due",
  ignore: !hasScript,
  async fn() {
    await using world = cliWorld();
    const shown = async (args: readonly string[]): Promise<string> =>
      screenOf((await finish(startOnTerminal(world, args, 120))).out).trim();
    assert.equal(
      await shown(["recover", "--file", "missing.csv"]),
      "error: missing.csv cannot be read: no such file or directory",
    );
    assert.equal(
      await shown(["restore", "missing.export"]),
      "error: missing.export cannot be read: no such file or directory",
    );
    assert.match(await shown(["reseal"]), /^error: SEALING_KEYS is not set/);
    assert.equal(await shown(["maintain"]), "Nothing was due.");
  },
});

/** The process that `script` runs. */
async function pidBelow(parent: number): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${parent}/task/${parent}/children`);
  const pid = Number(children.trim().split(" ")[0]);
  assert.ok(pid > 1, `no child of ${parent}`);
  return pid;
}
