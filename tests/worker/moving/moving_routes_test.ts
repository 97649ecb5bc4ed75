import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { generateSealingKey } from "../../../src/stores/sealed.ts";
import { deliver, importTokens, look, nameOf, put, recover, statusOf, tell } from "../calls.ts";
import {
  SANDBOX_APP,
  SEALING_KEY,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
} from "../worker_world.ts";
import { exportOf, importInto } from "./move_worker.ts";

/*
 * What an export is made of, what an import does and does not do, sealing anew, and the receipt of an erasure: one worker after
 * another on one folder, so that settings can change in between.
 */

const HOUR = 3_600_000;

/** Waits until the directory knows all of its connections. */
async function whole({ json }: WorkerWorld): Promise<void> {
  await until(async () => (await json("/connections")).body.isComplete === true);
}

/** What an import says of its lines: results with their reasons. */
async function importing(
  { json }: WorkerWorld,
  lines: readonly string[],
  query = "",
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  return await json(`/import${query}`, { method: "POST", body: lines.join("\n") });
}

Deno.test({
  name:
    "an export is what objects hold, and an import replaces nothing newer, brings nobody back, and asks HighLevel nothing",
  sanitizeOps: false, // Miniflare keeps timers
  sanitizeResources: false,
  async fn(t) {
    worldClock.offsetMs = 0;
    const persist = await Deno.makeTempDir({ prefix: "highlevel-moving-" });
    const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now, rateLimit: false });
    const [one, two, gone, lost] = Array.from({ length: 4 }, () => sandbox.addLocation());
    if (!one || !two || !gone || !lost) throw new Error("four locations");
    const { companyId } = sandbox.addCompany();
    let export1: string[] = [];
    {
      await using world = await startWorld({ sandbox, entry: TEST_ENTRY, persist });
      await importTokens(world, { companyId });
      await put(world, one, { ...sandbox.install(one), name: "Harbour Café" });
      for (const location of [two, gone, lost]) await importTokens(world, location);
      await world.json(`/connections/${nameOf(gone)}`, { method: "DELETE" });
      sandbox.uninstall(lost);
      equal(await recover(world, lost), 424);
      for (const target of [one, two, gone, lost, { companyId }]) await tell(world, target);
      await whole(world);

      await t.step("the export holds what the objects hold, however late KV is", async () => {
        await world.handle("kv", { mode: "stale" });
        equal(await recover(world, two), 200);
        export1 = await exportOf(world);
        await world.handle("kv", { mode: "ok" });
        const { end } = JSON.parse(export1.at(-1) ?? "");
        deepEqual([end.records, end.forgotten, end.unreadable], [5, 1, 0]);
        deepEqual(
          export1.slice(1, -1).map((line) => JSON.parse(line).key),
          [`company/${companyId}`, ...[one, two, gone, lost].map(nameOf).toSorted()],
        );
        ok(!export1.join().includes("Harbour"));
      });

      await t.step("page by page it is the same export", async () => {
        let cursor = "";
        const lines: string[] = [];
        for (let pages = 0; pages < 10; pages++) {
          const text = await (await world.call(`/export?limit=2${cursor && `&cursor=${cursor}`}`)).text();
          lines.push(...text.trimEnd().split("\n"));
          const last = JSON.parse(lines.at(-1) ?? "");
          if (last.end) break;
          cursor = last.cursor;
        }
        equal(lines.filter((line) => line.startsWith(`{"cursor"`)).length, 2);
        deepEqual((await importing(world, lines)).body.older, 5);
      });

      await t.step(
        "where an object cannot be asked, the page ends before it, and goes on from there",
        async () => {
          await world.handle("misconfigured", { misconfigured: true });
          await world.handle("misconfigured", { misconfigured: false });
          const name = [one, two, gone, lost].map(nameOf).toSorted()[1] ?? "";
          const stored = await world.sql(name, "SELECT value FROM record");
          await world.sql(name, "UPDATE record SET value = 'none'");
          const text = await (await world.call("/export")).text();
          const last = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
          match(last.problem, new RegExp(`^${name} cannot be asked: `));
          ok(!last.problem.includes("none") && text.trimEnd().split("\n").length === 4);
          await world.sql(name, "UPDATE record SET value = ?", [String(stored[0]?.value)]);
          const rest = await (await world.call(`/export?cursor=${last.cursor}`)).text();
          equal(JSON.parse(rest.trimEnd().split("\n").at(-1) ?? "").end.records, 5);
        },
      );

      await t.step("a token that is newer here stays, and the tombstone too", async () => {
        equal(await recover(world, one), 200);
        await world.json(`/connections/${nameOf(two)}`, { method: "DELETE" });
        const { body } = await importing(world, export1);
        deepEqual([body.taken, body.older, body.bad, body.failed], [0, 5, 0, 0]);
        equal(await statusOf(world, two), undefined, "forgotten stays forgotten");
        ok(
          sandbox.isLiving(String((await world.json(`/connections/${nameOf(one)}/token`)).body.access_token)),
        );
      });
    }

    await t.step("another worker takes it whole; its lists, links and histories say so", async () => {
      await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
      sandbox.resetCounts();
      const dry = await importing(world, export1, "?dryRun=true");
      deepEqual([dry.body.taken, dry.body.dryRun], [5, true]);
      equal((await look(world, one)).status, undefined, "a dry run changes nothing");
      deepEqual(await world.sql(nameOf(one), "SELECT name FROM sqlite_master WHERE name = 'record'"), []);
      deepEqual(await importInto(world, export1), { taken: 5, older: 0, bad: 0, failed: 0 });
      const shown = await look(world, one);
      deepEqual([shown.status, shown.name], ["connected", "Harbour Café"]);
      equal(Object(shown.history)[0].type, "restored");
      equal((await look(world, lost)).status, "reauthorization_required");
      equal(await statusOf(world, gone), undefined);
      for (const target of [one, gone, lost]) await tell(world, target);
      const { body } = await world.json("/connections");
      const rows = new Map(
        Object(body.connections).map((row: Record<string, unknown>) => [
          nameOf(Object(row.target)),
          row,
        ]),
      );
      ok(!rows.has(nameOf(gone)));
      const { since } = Object(rows.get(nameOf(lost)));
      ok(Date.parse(since) < worldClock.now() - 1_000, "since when it stands there is from before");
      equal(sandbox.counts.total, 0);

      const late = sandbox.webhook("INSTALL", gone);
      equal((await deliver(world, late)).status, 200);
      const other = await importing(world, export1);
      deepEqual([other.body.older, other.body.bad], [5, 0]);
    });

    await t.step(
      "days later all have ended: what is due then is spread, and nobody is asked by the import",
      async () => {
        worldClock.offsetMs += 50 * HOUR;
        await using world = await startWorld({ sandbox, entry: TEST_ENTRY });
        sandbox.resetCounts();
        deepEqual(await importInto(world, export1), { taken: 5, older: 0, bad: 0, failed: 0 });
        const alarms = await Promise.all([one, two].map(async (target) => {
          const [row] = await world.sql(nameOf(target), "SELECT at FROM schedule WHERE name = 'refresh'");
          return Number(row?.at) - worldClock.now();
        }));
        ok(alarms.every((ms) => ms > -60_000 && ms <= 30 * 60_000), `${alarms}`);
        ok(Math.abs((alarms[0] ?? 0) - (alarms[1] ?? 0)) > 1_000, "not together");
        equal(sandbox.counts.total, 0);
      },
    );

    await t.step("what is refused is named, and changes nothing", async () => {
      worldClock.offsetMs = 0;
      await using world = await startWorld({ sandbox });
      const [head = "", ...rest] = export1;
      const told = { ...JSON.parse(head) };
      const many = Array.from(
        { length: 401 },
        (_, index) => JSON.stringify({ key: `location/a${index}`, sealed: "x" }),
      );
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [[], /it is empty/],
        [["locationId;token"], /line 1: it is no JSON/],
        [rest, /does not begin with the line that says what it is/],
        [[JSON.stringify({ ...told, appId: "another" }), ...rest], /must be an export of the app/],
        [[JSON.stringify({ ...told, keyId: "00000000" }), ...rest], /must have the key 00000000/],
        [[head, ...rest.slice(1)], /should have 5 connections, and has 4/],
        [[head, ...many.toSorted()], /may have 400 connections at most/],
      ];
      for (const [lines, reason] of cases) {
        const { status, body } = await importing(world, lines);
        equal(status, 422, JSON.stringify(body));
        match(String(body.detail), reason);
        ok(!String(body.detail).includes(SEALING_KEY));
      }
      equal((await world.json("/export", { headers: { "Export-Key": "short" } })).status, 422);
      const { body } = await importing(world, [
        head,
        `{"key":"company/abc","sealed":"AAAA"}`,
        rest[1] ?? "",
      ]);
      deepEqual([body.taken, body.bad], [1, 1], JSON.stringify(body));
      match(String(Object(body.lines)[0].reason), /does not open: it was altered/);
    });

    await t.step("sealed anew: a worker with a new first key, then one without the old", async () => {
      const key = generateSealingKey();
      {
        await using world = await startWorld({
          sandbox,
          persist,
          variables: { SEALING_KEYS: `${key},${SEALING_KEY}` },
        });
        const first = await world.json("/reseal?limit=2", { method: "POST" });
        deepEqual([first.body.resealed, typeof first.body.cursor], [2, "string"]);
        const last = await world.json(`/reseal?cursor=${first.body.cursor}`, { method: "POST" });
        deepEqual([last.body.resealed, last.body.already, last.body.oldKeysUnused], [5, 0, true]);
        const again = await world.json("/reseal", { method: "POST" });
        deepEqual([again.body.resealed, again.body.already, again.body.unreadable], [0, 5, 0]);
        const { TOKENS } = await world.miniflare.getBindings<{ TOKENS: KVNamespace }>();
        for (const { name } of (await TOKENS.list()).keys) {
          if (name.includes("/location/")) {
            match(await TOKENS.get(name) ?? "", new RegExp(`s1.${first.body.key}`));
          }
        }
      }
      await using world = await startWorld({ sandbox, persist, variables: { SEALING_KEYS: key } });
      const { status, body } = await world.json(`/connections/${nameOf(one)}/token`);
      equal(status, 200);
      ok(sandbox.isLiving(String(body.access_token)));
      equal((await world.json("/reseal", { method: "POST" })).body.oldKeysUnused, true);
      equal((await importing(world, export1)).status, 422, "an export under the old key needs it");
      const headers = { "Export-Key": SEALING_KEY };
      equal((await world.json("/import", { method: "POST", body: export1.join("\n"), headers })).status, 200);
    });

    await Deno.remove(persist, { recursive: true });
  },
});
