import assert from "node:assert/strict";
import fc from "fast-check";
import { Connections } from "../../src/connections/connections.ts";
import { checkExport, type RestoredLine, restoreRecords } from "../../src/moving/mod.ts";
import { MemoryStore } from "../../src/stores/memory_store.ts";
import { generateSealingKey, sealed } from "../../src/stores/sealed.ts";
import type { TokenStore } from "../../src/stores/token_store.ts";
import { exported, KEY, movedWorld, OTHER_KEY, recordsIn } from "./moved_world.ts";

const WORLD = await movedWorld();
const LINES = await exported(WORLD.store, WORLD.options);
/** The same once more: another export. */
const OTHERS = await exported(WORLD.store, WORLD.options);

/** Restores `lines` into an empty store; tells what became of each, and what the store has. */
async function restored(
  lines: readonly string[],
  options: Partial<Parameters<typeof restoreRecords>[2]> = {},
): Promise<{ readonly results: RestoredLine[]; readonly store: TokenStore; readonly error: unknown }> {
  const store = new MemoryStore();
  const results: RestoredLine[] = [];
  let error: unknown;
  try {
    const all = restoreRecords(store, lines.join("\n"), { ...WORLD.options, ...options });
    for await (const line of all) results.push(line);
  } catch (thrown) {
    error = thrown;
  }
  return { results, store, error };
}

const messageOf = (error: unknown): string => error instanceof TypeError ? error.message : `${error}`;

Deno.test("an export restored into an empty store is the same store: statuses, names and tombstones too", async () => {
  const { results, store, error } = await restored(LINES);
  assert.equal(error, undefined);
  assert.equal(results.length, 6);
  assert.ok(results.every(({ result }) => result === "taken"), JSON.stringify(results));
  assert.deepEqual(
    await recordsIn(store, `${WORLD.appId}/`),
    await recordsIn(WORLD.store, `${WORLD.appId}/`),
  );
  const there = WORLD.over(store);
  for (const locationId of WORLD.locationIds) {
    assert.ok(WORLD.sandbox.isLiving(await there.accessToken({ locationId })));
    assert.equal((await there.get({ locationId }))?.name, `Café ${locationId}`);
  }
  assert.equal(WORLD.sandbox.counts.total, 0, "HighLevel was asked nothing");
});

Deno.test("an export holds no token, no name and no secret that can be read", () => {
  const text = LINES.join("\n");
  assert.ok(!text.includes("Café") && !text.includes("An agency"));
  for (const secret of [WORLD.sandbox.app.clientSecret, KEY ?? "?", ...WORLD.sandbox.issuedSecrets()]) {
    assert.ok(!text.includes(secret));
  }
});

Deno.test("restoring once more changes nothing", async () => {
  const { store } = await restored(LINES);
  const before = await recordsIn(store, "");
  const again = await Array.fromAsync(restoreRecords(store, LINES.join("\n"), WORLD.options));
  assert.deepEqual(new Set(again.map(({ result }) => result)), new Set(["older"]));
  assert.deepEqual(await recordsIn(store, ""), before);
});

Deno.test("a dry run tells the same and writes nothing", async () => {
  const { results, store } = await restored(LINES, { isDryRun: true });
  assert.deepEqual(results, (await restored(LINES)).results);
  assert.deepEqual(await recordsIn(store, ""), {});
});

/** What was done to an export, what reading it through says, and whether something of it is taken before that is known. */
const DAMAGES: readonly (readonly [what: string, lines: readonly string[], reason: RegExp, bad: number])[] = [
  ["its last line is missing", LINES.slice(0, -1), /it is cut/, 0],
  [
    "its last line is cut",
    [...LINES.slice(0, -1), LINES.at(-1)?.slice(0, 40) ?? ""],
    /line 8: it is no JSON/,
    1,
  ],
  ["a line in the middle is missing", LINES.toSpliced(3, 1), /should have 6 connections, and has 5/, 0],
  ["a line comes twice", LINES.toSpliced(3, 0, LINES[3] ?? ""), /line 5: it comes twice, or out of order/, 1],
  ["two lines are swapped", swap(3, 4, (line) => line), /line 5: it comes twice, or out of order/, 1],
  ["what two lines hold is swapped", swapSealed(3, 4), /are not those that were written/, 2],
  ["a line is another export's", LINES.with(3, OTHERS[3] ?? ""), /are not those that were written/, 1],
  [
    "its last line is another export's",
    LINES.with(-1, OTHERS.at(-1) ?? ""),
    /are not those that were written/,
    0,
  ],
  ["another export follows", [...LINES.slice(0, -1), ...OTHERS], /line 8 begins another export/, 7],
  ["a line is empty of meaning", LINES.toSpliced(3, 0, `{"a":1}`), /line 4: it names no connection/, 1],
  ["a line says nothing", LINES.with(3, `{"key":"location/abc"}`), /line 4: it holds nothing/, 1],
];

function swap(one: number, other: number, part: (line: string) => string): string[] {
  return LINES.with(one, part(LINES[other] ?? "")).with(other, part(LINES[one] ?? ""));
}

function swapSealed(one: number, other: number): string[] {
  const [a, b] = [one, other].map((at) => JSON.parse(LINES[at] ?? ""));
  return LINES.with(one, JSON.stringify({ ...a, sealed: b.sealed })).with(
    other,
    JSON.stringify({ ...b, sealed: a.sealed }),
  );
}

for (const [what, lines, reason, bad] of DAMAGES) {
  Deno.test(`an export is not whole where ${what}: it is told, and what is good in it is taken`, async () => {
    const checked = await checkExport(lines.join("\n"));
    assert.equal(checked.isWhole, false);
    assert.match(checked.reason ?? "", reason);
    const { results, error } = await restored(lines);
    assert.match(messageOf(error), reason);
    assert.equal(results.filter(({ result }) => result === "bad").length, bad, JSON.stringify(results));
    const partial = await restored(lines, { isPart: true });
    assert.equal(partial.error, undefined);
    assert.deepEqual(partial.results, results);
  });
}

Deno.test("an export cut anywhere is told as cut, and altered anywhere as altered; nothing wrong is ever taken", async () => {
  const text = LINES.join("\n");
  const good = await recordsIn(WORLD.store, `${WORLD.appId}/`);
  const isSubset = async (damaged: string): Promise<void> => {
    const { store } = await restored([damaged], { isPart: true });
    for (const [key, record] of Object.entries(await recordsIn(store, ""))) {
      assert.deepEqual(record, good[key]);
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (at) => {
      const cut = text.slice(0, at);
      assert.equal((await checkExport(cut)).isWhole, false);
      await isSubset(cut);
    }),
    { numRuns: 40 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: text.length - 1 }),
      fc.constantFrom(...'Aa0+/=-\n{}"é\u0000'),
      async (at, character) => {
        const altered = text.slice(0, at) + character + text.slice(at + 1);
        fc.pre(altered !== text);
        const { error, results } = await restored([altered]);
        assert.ok(error !== undefined || results.some(({ result }) => result === "bad"), "it went unnoticed");
        await isSubset(altered);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("its end cannot be written by who has no key, however well its digest fits", async () => {
  const forged = await exported(new MemoryStore(), { ...WORLD.options, keys: [OTHER_KEY ?? ""] });
  const { end } = JSON.parse(forged.at(-1) ?? "");
  const own = await exported(new MemoryStore(), WORLD.options);
  const { sealed: other } = JSON.parse(forged.at(-1) ?? "");
  const { error } = await restored([own[0] ?? "", JSON.stringify({ end, sealed: other })]);
  assert.match(messageOf(error), /its last line was not made with its key/);
});

Deno.test("before anything is taken it is told: another app's, another key, no export, a newer format", async () => {
  const header = JSON.parse(LINES[0] ?? "");
  const cases: readonly (readonly [Awaited<ReturnType<typeof restored>>, RegExp])[] = [
    [
      await restored(LINES, { appId: "another" }),
      /source must be an export of the app another, and is one of the app/,
    ],
    [
      await restored(LINES, { keys: [OTHER_KEY ?? ""] }),
      /keys must have the key [0-9a-f]{8}, under which the export/,
    ],
    [await restored(["location,token", "abc,def"]), /source is not whole: line 1: it is no JSON/],
    [await restored([`{"export":"another program"}`]), /line 1: it is another program's/],
    [await restored([""]), /it is empty|does not begin/],
    [await restored([LINES[1] ?? ""]), /it does not begin with the line that says what it is/],
    [
      await restored(LINES.with(0, JSON.stringify({ ...header, format: 2 }))),
      /of format 2, and this version reads up to 1/,
    ],
    [await restored(LINES, { keys: [] }), /keys must be a list of keys/],
    [await restored(LINES, { keys: ["short"] }), /keys\[0\] must be 32 bytes/],
  ];
  for (const [{ results, store, error }, reason] of cases) {
    assert.ok(error instanceof TypeError, `${reason}`);
    assert.match(error.message, reason);
    assert.deepEqual([results, await recordsIn(store, "")], [[], {}]);
    assert.ok(![KEY, OTHER_KEY].some((key) => error.message.includes(key ?? "?")));
  }
});

Deno.test("one of several keys opens it; the first seals", async () => {
  const keys = [OTHER_KEY ?? "", KEY ?? ""];
  assert.equal((await restored(LINES, { keys })).error, undefined);
  const lines = await exported(WORLD.store, { ...WORLD.options, keys });
  assert.match(messageOf((await restored(lines)).error), /keys must have the key/);
});

Deno.test("an export goes on where it was cut off, from any of its pages, in another process", async () => {
  const world = await movedWorld(250);
  const whole = await exported(world.store, world.options);
  const pages = whole.flatMap((line, index) => line.startsWith(`{"cursor"`) ? [index] : []);
  assert.equal(pages.length, 2);
  for (const at of pages) {
    const { cursor } = JSON.parse(whole[at] ?? "");
    assert.match(cursor, /^[\w-]+$/, "it fits into a URL");
    const rest = await exported(world.store, { ...world.options, cursor });
    const text = [...whole.slice(0, at + 1), ...rest].join("\n");
    const { isWhole, counts } = await checkExport(text);
    assert.deepEqual([isWhole, counts], [true, { records: 253, forgotten: 1, unreadable: 0 }]);
    const there = new MemoryStore();
    await Array.fromAsync(restoreRecords(there, text, world.options));
    assert.deepEqual(await recordsIn(there, ""), await recordsIn(world.store, ""));
  }
});

Deno.test("a restore that was killed in the middle goes on by beginning anew", async () => {
  const there = new MemoryStore();
  let taken = 0;
  for await (const _ of restoreRecords(there, LINES.join("\n"), WORLD.options)) if (++taken === 2) break;
  const again = await Array.fromAsync(restoreRecords(there, LINES.join("\n"), WORLD.options));
  assert.equal(again.length, 6);
  assert.deepEqual(await recordsIn(there, ""), await recordsIn(WORLD.store, ""));
});

Deno.test("a cursor that is none, or another app's or key's, is named", async () => {
  const [line = ""] = (await exported((await movedWorld(120)).store, WORLD.options)).filter((line) =>
    line.startsWith(`{"cursor"`)
  );
  const { cursor } = JSON.parse(line);
  for (
    const [options, reason] of [
      [{ ...WORLD.options, cursor: "x" }, /cursor must be that of a page/],
      [{ ...WORLD.options, cursor: btoa("[1,2,3]") }, /cursor must be that of a page/],
      [{ ...WORLD.options, appId: "another", cursor }, /cursor must be of an export of the app another/],
      [{ ...WORLD.options, keys: [OTHER_KEY ?? ""], cursor }, /cursor is of an export under the key/],
    ] as const
  ) await assert.rejects(exported(WORLD.store, options), reason);
});

Deno.test("a record that cannot be read is named in its place, and counted", async () => {
  const inner = new MemoryStore();
  const [mine, lost] = [generateSealingKey(), generateSealingKey()];
  const world = await movedWorld(2, sealed(inner, { keys: [mine] }));
  const [key = ""] = (await inner.list({ prefix: `${world.appId}/location/${world.locationIds[0]}` })).entries
    .map(({ key }) => key);
  const record = await world.store.get(key);
  assert.ok(record);
  await sealed(inner, { keys: [lost] }).put(key, record);
  const lines = await exported(sealed(inner, { keys: [mine] }), world.options);
  const { isWhole, counts } = await checkExport(lines.join("\n"));
  assert.deepEqual([isWhole, counts], [true, { records: 5, forgotten: 1, unreadable: 1 }]);
  const results = await Array.fromAsync(restoreRecords(new MemoryStore(), lines.join("\n"), world.options));
  const bad = results.filter(({ result }) => result === "bad");
  assert.equal(bad.length, 1);
  assert.match(bad[0]?.reason ?? "", /could not be read where the export was made: .* is sealed with key/);

  const unopened = await exported(inner, world.options);
  assert.equal(
    (await checkExport(unopened.join("\n"))).counts.unreadable,
    5,
    "the store was given without its keys",
  );
});

Deno.test("another app's records in the same store, endpoints' notes and webhooks stay where they are", async () => {
  const store = new MemoryStore();
  const [one, other] = [await movedWorld(1, store), await movedWorld(2, store)];
  assert.equal(one.appId, other.appId, "the same seed");
  const record = { format: 1, summary: { updatedAt: 1 }, body: "{}" } as const;
  for (const key of [`app/${one.appId}/reconnect`, "another/location/abc", `${one.appId}/webhook/1`]) {
    await store.put(key, record);
  }
  const lines = await exported(store, one.options);
  for (const line of lines) {
    assert.ok(!/another|webhook|reconnect"/.test(line.replace("highlevel-reconnect", "")), line);
  }
});

Deno.test("a store that refuses is told of each connection, without its words, and a later restore makes up for it", async () => {
  const there = new MemoryStore();
  let refuses = true;
  const troubled: TokenStore = {
    get: (key) => there.get(key),
    delete: (key) => there.delete(key),
    list: (options) => there.list(options),
    put: (key, record, options) => {
      if (refuses) throw new Error(`no room for ${JSON.stringify(record)}`);
      return there.put(key, record, options);
    },
  };
  const results = await Array.fromAsync(restoreRecords(troubled, LINES.join("\n"), WORLD.options));
  assert.deepEqual(new Set(results.map(({ result }) => result)), new Set(["failed"]));
  assert.equal(results[0]?.reason, "A record could not be written: the store threw Error.");
  refuses = false;
  const again = await Array.fromAsync(restoreRecords(troubled, LINES.join("\n"), WORLD.options));
  assert.ok(again.every(({ result }) => result === "taken"));
});

Deno.test("what is refreshed while it is restored stands: a restore writes over nothing that it has not seen", async () => {
  const { store } = await restored(LINES);
  const [locationId = ""] = WORLD.locationIds;
  const newer = new Connections({ app: { ...WORLD.sandbox.app, fetch: WORLD.sandbox.fetch }, store });
  await newer.recover({ locationId });
  const token = await newer.accessToken({ locationId });
  const again = await Array.fromAsync(restoreRecords(store, LINES.join("\n"), WORLD.options));
  assert.ok(again.every(({ result }) => result === "older"));
  assert.equal(await newer.accessToken({ locationId }), token);
});
