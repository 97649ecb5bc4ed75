import assert from "node:assert/strict";
import fc from "fast-check";
import { type ImportRow, readConnections, remarkText } from "../../src/import/mod.ts";
import { linesOf } from "../../src/import/lines_of.ts";
import { damaged, fuzz, jsonWith } from "./fuzz.ts";

const ID = /^[A-Za-z0-9_-]{1,128}$/;
const MARK = "MARKED0secret";
const NAMES = (
  "locationId location_id LOCATION_ID companyId company_id agency_id name accessToken access_token refreshToken " +
  "refresh_token expiresIn expires_at expireAt userType resourceId scope tokens data locations items access refresh token " +
  "id _id kind appId $date $numberLong $oid l1C08ntBrFjLS0elLIYU"
).split(" ");
const VALUES = [
  "l1C08ntBrFjLS0elLIYU",
  "a b",
  "=cmd",
  "Location",
  1_800_000_000,
  "2026-11-24T12:00:00Z",
  MARK,
  {
    $numberLong: "1800000000000",
  },
];
const CELL = fc.oneof(
  fc.constantFrom(
    "l1C08ntBrFjLS0elLIYU",
    "",
    `"`,
    `""`,
    "a,b",
    "=1+1",
    " x ",
    MARK,
    "1.2E+19",
    "pit-1234567890",
  ),
  fc.string({ maxLength: 12 }),
);
const SEPARATOR = fc.constantFrom(",", ";", "\t");
const TABLE = fc.tuple(
  fc.array(fc.constantFrom(...NAMES, "x"), { maxLength: 4 }),
  fc.array(fc.array(CELL, { maxLength: 5 }), { maxLength: 6 }),
  fc.constantFrom("\n", "\r\n", "\r"),
  SEPARATOR,
).map(([header, rows, lineEnd, separator]) =>
  [header, ...rows].map((row) => row.join(separator)).join(lineEnd)
);
const LINES = fc.array(jsonWith(NAMES, VALUES), { maxLength: 5 }).map((rows) =>
  rows.map((row) => JSON.stringify(row)).join("\n")
);
const PRETTY = fc.array(jsonWith(NAMES, VALUES), { maxLength: 5 }).map((rows) =>
  JSON.stringify(rows, null, 2)
);
const JWTS = fc.array(jsonWith(["authClass", "authClassId", "sourceId", "iat", "exp"], VALUES), {
  maxLength: 4,
})
  .map((payloads) =>
    payloads.map((payload) =>
      `${btoa(`{"alg":"none"}`)}.${toBase64Url(JSON.stringify(payload))}.c2lnbmF0dXJl`
    )
      .join("\n")
  );
const ENV = fc.array(fc.tuple(fc.constantFrom(...NAMES), CELL), { maxLength: 6 }).map((pairs) =>
  pairs.map(([name, value]) => `${name}=${value}`).join("\n")
);
const WIDE = TABLE.map((text) => `\uFEFF${text}`).map((text) => {
  const bytes = new Uint8Array(text.length * 2);
  for (let at = 0; at < text.length; at++) {
    new DataView(bytes.buffer).setUint16(2 * at, text.charCodeAt(at), true);
  }
  return bytes;
});
const FILE: fc.Arbitrary<Uint8Array> = fc.oneof(
  damaged(fc.oneof(TABLE, LINES, JWTS, ENV, PRETTY, LINES.map((text) => `[${text.replaceAll("\n", ",")}]`))),
  WIDE,
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
);
const NEED = fc.constantFrom<"ids" | "tokens">("ids", "tokens");

fuzz(
  "any bytes: nothing is thrown, every row ends in one way, ids are ids, and no token is told",
  fc.tuple(FILE, NEED),
  async ([bytes, need]) => {
    for (const row of await Array.fromAsync(readConnections(bytes, { need }))) {
      assert.ok(Number.isInteger(row.line) && row.line > 0, `line ${row.line}`);
      assert.ok(!wordsOf(row).includes(MARK), wordsOf(row));
      if (row.result !== "taken") {
        assert.ok(wordsOf(row).length > 0 && remarkText(row.remark).length < 300);
        continue;
      }
      const { target, access, refresh, companyId } = row.found;
      assert.match(target.locationId ?? target.companyId ?? "", ID);
      if (companyId !== undefined) assert.match(companyId, ID);
      if (need === "tokens") assert.ok(access !== undefined || refresh !== undefined);
      for (const token of [access, refresh]) {
        if (!token) continue;
        assert.match(token.text, /^[!-~]+$/, "a header can carry it");
        assert.ok(token.issuedAt >= 0 && token.expiresAt >= 0);
        assert.ok(!isNaN(new Date(token.expiresAt).getTime()));
      }
    }
  },
);

fuzz(
  "however bytes are cut into chunks, the same is read",
  fc.tuple(FILE, fc.array(fc.nat(400), { maxLength: 5 })),
  async ([bytes, cuts]) => {
    const chunks: Uint8Array[] = [];
    let from = 0;
    for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
      chunks.push(bytes.subarray(from, Math.max(from, cut)));
      from = Math.max(from, cut);
    }
    const read = (source: Iterable<Uint8Array>): Promise<ImportRow[]> =>
      Array.fromAsync(readConnections(source, { need: "ids" }));
    assert.deepEqual(await read(chunks), await read([bytes]));
  },
);

fuzz(
  "no line is passed over: each that is not blank is a row's, or a header's",
  fc.array(
    fc.array(fc.constantFrom("l1C08ntBrFjLS0elLIYU", "a b", "Acme", "17", MARK), {
      minLength: 1,
      maxLength: 3,
    }),
    {
      minLength: 1,
      maxLength: 8,
    },
  ),
  async (rows) => {
    const text = ["locationId,name,x", ...rows.map((row) => row.join(","))].join("\n");
    const lines = (await Array.fromAsync(linesOf(text))).slice(1).map(({ line }) => line);
    const found = await Array.fromAsync(readConnections(text, { need: "ids" }));
    assert.deepEqual(found.map(({ line }) => line), lines);
  },
);

fuzz(
  "every object of JSON, in whatever layout, is a row of its own",
  fc.tuple(
    fc.array(fc.constantFrom<object>({ locationId: "a" }, { x: 1 }, { companyId: 7 }, {}), { maxLength: 8 }),
    fc.nat(3),
  ),
  async ([rows, layout]) => {
    const text = layout === 0
      ? JSON.stringify(rows)
      : layout === 1
      ? JSON.stringify(rows, null, 2)
      : rows.map((row) => JSON.stringify(row, null, layout === 2 ? 0 : 2)).join("\n");
    assert.equal((await Array.fromAsync(readConnections(text, { need: "ids" }))).length, rows.length);
  },
);

function wordsOf(row: ImportRow): string {
  const remarks = row.result === "taken" ? row.notes : [row.remark];
  return [row.path, JSON.stringify(remarks), ...remarks.map(remarkText)].join(" ");
}

function toBase64Url(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}
