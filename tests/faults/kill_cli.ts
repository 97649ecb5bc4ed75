import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { openSqliteFile } from "../../src/cli/backend/sqlite_file.ts";
import { cliWorld, csvOf, finish, type Finished } from "../cli/cli_world.ts";
import { Dice } from "./dice.ts";

/** Figures of a run. */
export interface CliKillReport {
  readonly seed: number;
  readonly kills: number;
  /** Runs that came to their end before their kill. */
  readonly finished: number;
  readonly connections: number;
  readonly refreshes: number;
  readonly reconnects: number;
  /** Refresh tokens sent again because a kill had swallowed the answer. */
  readonly spentAgain: number;
}

const LOCATIONS = 150;

/** Kills `recover` `kills` times at random moments; the run after that brings everything back. */
export async function killCli(kills: number, seed: number): Promise<CliKillReport> {
  const dice = new Dice(seed);
  await using world = cliWorld({ locations: LOCATIONS, latencyMs: 4, seed });
  const { sandbox, folder } = world;
  const ids = sandbox.locationIds();
  const file = world.write("ids.csv", csvOf(ids));
  const store = `${folder}/connections.db`;
  const command = ["recover", "--file", file, "--store", `sqlite:${store}`, "--json"];
  let killed = 0;
  let finished = 0;
  for (let run = 0; killed < kills; run++) {
    // The first runs begin with nothing; later ones refresh, after an incident some reconnect.
    if (run % 5 === 4) sandbox.loseTokens({ locationId: dice.of(ids) });
    const child = world.start(dice.upTo(2) < 1 ? command : [...command, "--resume"]);
    const before = sandbox.counts.total;
    const goal = before + Math.floor(dice.upTo(LOCATIONS));
    while (sandbox.counts.total < goal && !await hasEnded(child, 5)) { /* it works */ }
    await hasEnded(child, dice.upTo(30));
    const { code, err } = await killNow(child);
    if (code === 137) killed++;
    else finished++;
    assert.ok(code === 137 || code === 0, `the command ended by itself with ${code}: ${err}`);
  }

  const last = await world.run(command);
  assert.equal(last.code, 0, last.out.slice(-500) + last.err.slice(-500));
  const opened = await openSqliteFile(store, 20_000);
  using _closed = { [Symbol.dispose]: opened.close };
  const connections = new Connections({
    app: { ...sandbox.app, fetch: sandbox.fetch },
    store: opened.store,
  });
  const { refresh, reconnect, spentRefreshTokenUses } = sandbox.counts;
  for (const locationId of ids) {
    assert.ok(sandbox.isLiving(await connections.accessToken({ locationId })), `${locationId} is dead`);
    assert.equal((await connections.get({ locationId }))?.status, "connected");
  }
  assert.equal(sandbox.counts.refresh, refresh, "the last run left something to refresh");
  return {
    seed,
    kills: killed,
    finished,
    connections: ids.length,
    refreshes: refresh,
    reconnects: reconnect,
    spentAgain: spentRefreshTokenUses,
  };
}

/** Whether `child` ends within `ms`. */
async function hasEnded(child: Deno.ChildProcess, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([child.status.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function killNow(child: Deno.ChildProcess): Promise<Finished> {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
  return await finish(child);
}
