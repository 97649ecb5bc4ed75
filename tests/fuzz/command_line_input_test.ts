import assert from "node:assert/strict";
import fc from "fast-check";
import type { BadRow } from "../../src/cli/csv.ts";
import { readTargets } from "../../src/cli/read_targets.ts";
import { readTokens } from "../../src/cli/read_tokens.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { damaged, fuzz, jsonWith } from "./fuzz.ts";

const ID = /^[A-Za-z0-9_-]{1,128}$/;
const NAMES = (
  "locationId location_id companyId company_id name accessToken access_token refreshToken refresh_token expiresIn expires_at " +
  "expireAt userType resourceId scope tokens $date $numberLong $oid"
).split(" ");
const VALUES = ["l1C08ntBrFjLS0elLIYU", "a b", "=cmd", "Location", 1_800_000_000, "2026-11-24T12:00:00Z", {
  $numberLong: "1800000000000",
}];
const CELL = fc.oneof(
  fc.constantFrom("l1C08ntBrFjLS0elLIYU", "", `"`, `""`, "a,b", "=1+1", " x "),
  fc.string({ maxLength: 12 }),
);
const CSV = fc.tuple(
  fc.array(fc.constantFrom(...NAMES, "x"), { minLength: 1, maxLength: 4 }),
  fc.array(fc.array(CELL, { maxLength: 5 }), { maxLength: 6 }),
  fc.constantFrom("\n", "\r\n", "\r"),
).map(([header, rows, lineEnd]) => [header, ...rows].map((row) => row.join(",")).join(lineEnd));
const LINES = fc.array(jsonWith(NAMES, VALUES), { maxLength: 5 }).map((rows) =>
  rows.map((row) => JSON.stringify(row)).join("\n")
);
const JWTS = fc.array(jsonWith(["authClass", "authClassId", "iat", "exp"], VALUES), { maxLength: 4 }).map((
  payloads,
) =>
  payloads.map((payload) => `${btoa(`{"alg":"none"}`)}.${toBase64Url(JSON.stringify(payload))}.c2lnbmF0dXJl`)
    .join("\n")
);
const FILE = fc.oneof(
  damaged(fc.oneof(CSV, LINES, JWTS, LINES.map((text) => `[${text.replaceAll("\n", ",")}]`))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
);

const folder = Deno.makeTempDirSync({ prefix: "highlevel-fuzz-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** What a reader finds; it may refuse a file only as a usage error. */
async function all<T>(
  read: (path: string, onBadRow: (row: BadRow) => void) => AsyncGenerator<T>,
  bytes: Uint8Array,
): Promise<{ found: T[]; bad: BadRow[] }> {
  const path = `${folder}/input`;
  await Deno.writeFile(path, bytes);
  const found: T[] = [];
  const bad: BadRow[] = [];
  try {
    for await (const one of read(path, (row) => bad.push(row))) found.push(one);
  } catch (error) {
    assert.ok(error instanceof UsageError, `threw ${error}`);
  }
  for (const { line, reason } of bad) assert.ok(Number.isInteger(line) && typeof reason === "string");
  return { found, bad };
}

fuzz(
  "a file of connections, however broken, gives valid ids, bad rows, or one usage error",
  FILE,
  async (bytes) => {
    for (const { target } of (await all(readTargets, bytes)).found) {
      assert.match(target.locationId ?? target.companyId ?? "", ID);
    }
  },
);

fuzz(
  "a file of tokens, however broken, gives tokens of valid connections, bad rows, or one usage error",
  FILE,
  async (bytes) => {
    for (const { target, access, refresh } of (await all(readTokens, bytes)).found) {
      assert.match(target.locationId ?? target.companyId ?? "", ID);
      assert.ok(access !== undefined || refresh !== undefined);
      for (const token of [access, refresh]) {
        if (!token) continue;
        assert.match(token.text, /^[!-~]+$/, "a header can carry it");
        assert.ok(token.issuedAt >= 0 && token.expiresAt >= 0);
      }
    }
  },
);

function toBase64Url(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}
