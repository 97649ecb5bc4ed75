import assert from "node:assert/strict";
import { type ImportFormat, NewestTokens, readConnections, tokenSetOf } from "../../src/import/mod.ts";
import { COMPANY, jwtOf, LOCATION } from "./jwt.ts";

const ROW = `${LOCATION},an-opaque-token,x\n`;
const ENDLESS: Readonly<Record<string, readonly [head: string, row: string]>> = {
  "a table": ["locationId,access_token,x\n", ROW],
  "JSON lines": ["", `{"locationId":"${LOCATION}","access_token":"an-opaque-token"}\n`],
  "a JSON array": ["[\n", `{"locationId":"${LOCATION}",\n"access_token":"an-opaque-token"},\n`],
};

for (const [name, [head, row]] of Object.entries(ENDLESS)) {
  Deno.test(`a file is read only as far as it is used, and closed then: ${name} without end`, async () => {
    let chunks = 0;
    let isClosed = false;
    function* endless(): Generator<string, void, undefined> {
      try {
        yield head;
        for (;;) {
          chunks++;
          yield row.repeat(1_000);
        }
      } finally {
        isClosed = true;
      }
    }
    let read = 0;
    for await (const { result } of readConnections(endless())) {
      assert.equal(result, "taken");
      if (++read === 5_000) break;
    }
    assert.ok(chunks <= 7, `${chunks} chunks read for 5`);
    assert.ok(isClosed);
  });
}

Deno.test("a browser's file, a request's body and a text are read alike", async () => {
  const text = `locationId\n${LOCATION}\n`;
  for (const source of [text, new TextEncoder().encode(text), new Blob([text]).stream(), [text]]) {
    const [row, ...more] = await Array.fromAsync(readConnections(source, { need: "ids" }));
    assert.deepEqual([row?.result === "taken" && row.found.target, more], [{ locationId: LOCATION }, []]);
  }
});

Deno.test("the format is told before the first row", async () => {
  const told: ImportFormat[] = [];
  for await (
    const _ of readConnections(`Location ID\tName\n${LOCATION}\tA\n`, { onFormat: (f) => told.push(f) })
  ) {
    assert.equal(told.length, 1);
  }
  assert.deepEqual(told, [{ format: "table", separator: "\t", header: ["Location ID", "Name"] }]);
});

Deno.test("without the app's client ids any app's tokens are taken", async () => {
  const text = JSON.stringify({ access_token: jwtOf({ sourceId: "99f1aa02bb03cc04dd05ee99-abcdefgh" }) });
  assert.deepEqual((await Array.fromAsync(readConnections(text))).map(({ result }) => result), ["taken"]);
});

Deno.test("files put together with their headers are read by each header in turn", async () => {
  const text = `locationId,name\n${LOCATION},a\nlocationId,name\nb,b\nname,companyId\nc,${COMPANY}\n`;
  const rows = await Array.fromAsync(readConnections(text, { need: "ids" }));
  assert.deepEqual(
    rows.map((row) =>
      row.result === "taken" ? row.found.target : row.result === "left_out" ? row.code : "bad"
    ),
    [{ locationId: LOCATION }, "header", { locationId: "b" }, "header", { companyId: COMPANY }],
  );
});

Deno.test("tokens of one connection in several rows become one, each the newest of its kind", async () => {
  const text = [
    {
      access_token: jwtOf({ iat: 1_795_000_000 }),
      refresh_token: jwtOf({ use: "refresh", iat: 1_795_000_000 }),
    },
    { access_token: jwtOf({ iat: 1_795_500_000 }), companyId: COMPANY, name: "Acme" },
  ].map((row) => JSON.stringify(row)).join("\n");
  const newest = new NewestTokens();
  for await (const row of readConnections(text)) if (row.result === "taken") newest.add(row.found);
  const [found, ...more] = newest.values();
  assert.ok(found && more.length === 0);
  const { accessToken, refreshToken, userType, companyId, expiresAt } = tokenSetOf(found);
  assert.equal(accessToken, jwtOf({ iat: 1_795_500_000 }));
  assert.equal(refreshToken, jwtOf({ use: "refresh", iat: 1_795_000_000 }));
  assert.deepEqual([userType, companyId, found.name], ["Location", COMPANY, "Acme"]);
  assert.equal(expiresAt.getTime(), 1_795_586_399_000);
});

Deno.test("what repeats itself for half a megabyte is read in one pass, whatever it is", async () => {
  const parts = [
    "x",
    "a.",
    "abcdefghijk.",
    "abcdefghijk.abcdefghijk.a ",
    '"',
    '""\n',
    '","\n',
    "a,",
    "(",
    "=",
    " #",
    '{"a":',
    "[",
  ];
  for (const part of parts) {
    for (const head of ["", "locationId,b\n", 'locationId,b\n"', "a=", "locationId("]) {
      const text = head + part.repeat(500_000 / part.length); // a second pass for each letter would take hours
      for await (const { line } of readConnections(text, { need: "ids" })) assert.ok(line > 0);
    }
  }
});

Deno.test("blanks between two letters, half a megabyte of them, are read in one pass", async () => {
  const blanks = " ".repeat(500_000);
  for (
    const text of [`x${blanks}x`, `locationId\nx${blanks}x`, `---${blanks}x`, `locationId|b\n---${blanks}x|x`]
  ) {
    const startedAt = performance.now();
    for await (const { line } of readConnections(text, { need: "ids" })) assert.ok(line > 0);
    assert.ok(performance.now() - startedAt < 60_000, text.slice(0, 20)); // a second pass for each takes minutes
  }
});
