import assert from "node:assert/strict";
import fc from "fast-check";
import { traceIdFrom } from "../../../src/oauth/request/refusal.ts";
import { redact } from "../../../src/oauth/request/redact.ts";
import { leastMs } from "../../least_ms.ts";

/** Ways in which a request, or an answer that echoes it, may spell a text. */
const SPELLINGS: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "percent-encoded": (text) => encodeURIComponent(text.toWellFormed()),
  "percent-encoded in lower case": (text) =>
    encodeURIComponent(text.toWellFormed()).replace(/%../g, (byte) => byte.toLowerCase()),
  "as a form encodes it": (text) => new URLSearchParams({ a: text }).toString().slice(2),
  "as URLSearchParams in a URL encodes it": (text) =>
    new URL(`https://x/?a=${encodeURIComponent(text.toWellFormed())}`).search,
  "JSON-escaped": (text) => JSON.stringify(text).slice(1, -1),
  "JSON-escaped within JSON": (text) => JSON.stringify(JSON.stringify(text)),
  "JSON-escaped to ASCII": (text) =>
    text.replace(/[^A-Za-z0-9]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  "percent-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text.toWellFormed())),
  "in HTML": (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
};

/** No white space at its ends and no runs of it: `redact` puts texts on one line. */
const secrets = fc.string({ unit: "binary", minLength: 9, maxLength: 80 })
  .filter((text) => !/^\s|\s$|[\s\p{Cc}]{2}/u.test(text) && /[A-Za-z0-9]/.test(text));
const tokens = fc.stringMatching(/^[A-Za-z0-9!'()*~"\\/+=&%. _-]{9,60}$/).filter((text) =>
  text.trim() === text && /[A-Za-z0-9]/.test(text)
);
const noise = fc.string({ unit: "binary", maxLength: 400 });

for (const [how, spell] of Object.entries(SPELLINGS)) {
  for (
    const [what, arbitrary] of Object.entries({ "any secret": secrets, "a secret of odd ASCII": tokens })
  ) {
    Deno.test(`${what} ${how} does not pass, wherever it stands`, () => {
      fc.assert(
        fc.property(arbitrary, noise, noise, (secret, before, after) => {
          const spelled = spell(secret);
          const traceId = traceIdFrom({ traceId: before + spelled }, [secret]) ?? "";
          for (const text of [redact(before + spelled + after, [secret]), traceId]) {
            assert.ok(!text.includes(secret) && !text.includes(spelled), text);
          }
        }),
        { numRuns: 300 },
      );
    });
  }
}

Deno.test("C14: a text made to be slow is redacted in no time, whatever its length", () => {
  const secret = "5f0c3a52-9d1e-4b7a-8c66-0b7d0f3e9a11";
  for (const piece of ["%5", "5f0c3a52-", "\\u005f", "&#9", "5f0c3a52%", "-9d1e_", " ", "eyJ"]) {
    const ms = leastMs(500, () => redact(piece.repeat(65_536 / piece.length), [secret, "a-b-c-d-e"]));
    assert.ok(ms < 500, `${piece}: ${ms} ms`);
  }
});

Deno.test("no part of a secret is left where the text is cut at its length", () => {
  const secret = "5f0c3a52-9d1e-4b7a-8c66-0b7d0f3e9a11";
  const token = `eyJ${"a".repeat(1_300)}`;
  for (let before = 3_900; before <= 4_110; before++) {
    const text = `${token} ${token} ${token} `.padEnd(before, "x ").slice(0, before) + secret;
    assert.ok(!redact(text + " end".repeat(100), [secret]).includes("5f0c"), `${before}`);
  }
});

Deno.test("no part of a secret is left by the cut at 300 characters", () => {
  const secret = "5f0c3a52-9d1e-4b7a-8c66-0b7d0f3e9a11";
  for (let before = 200; before <= 310; before++) {
    const text = redact("x ".repeat(before / 2).slice(0, before) + secret + " end", [secret]);
    assert.ok(text.length <= 300);
    assert.ok(!text.includes("5f0c"), text);
  }
});

Deno.test("of two secrets where one begins the other, neither leaves a rest", () => {
  const short = "0123456789abcdef";
  const long = `${short}-and-the-rest-of-it`;
  for (const order of [[short, long], [long, short]]) {
    assert.equal(redact(`it was ${long} or ${short}.`, order), "it was [redacted] or [redacted].");
  }
});

Deno.test("what looks like a token goes, known or not", () => {
  const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJhdXRoQ2xhc3MiOiJMb2NhdGlvbiJ9.c2lnbmF0dXJl";
  const cases = [
    [`token ${jwt} is dead`, "token [redacted] is dead"],
    [`Bearer ${jwt}`, "Bearer [redacted]"],
    ["cut: eyJhbGciOiJSUzI", "cut: [redacted]"],
    [`code=${"a1".repeat(20)}!`, "[redacted]!"],
    [`"${"Ab+/".repeat(10)}=="`, `"[redacted]"`],
    ["eyJ is short", "eyJ is short"],
    ["trace 7f3c8a52-9d1e-4b7a-8c66-0b7d0f3e9a11", "trace 7f3c8a52-9d1e-4b7a-8c66-0b7d0f3e9a11"],
  ];
  for (const [text = "", shown] of cases) assert.equal(redact(text, ["another"]), shown);
});

Deno.test("a message is one line without control characters", () => {
  assert.equal(redact(" a\r\n\tb\u2028c\u001b[31md\u0000e\u0085f ", ["another"]), "a b c [31md e f");
});

Deno.test("an innocent text stays as it is", () => {
  assert.equal(redact("all of it", ["another"]), "all of it");
});

Deno.test("a trace id is kept when it is a plain id, and nothing else is", () => {
  const secret = "5f0c3a52";
  const kept = [
    "7f3c8a52-9d1e-4b7a-8c66-0b7d0f3e9a11",
    "trace-ID-ref",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "Root=1-67891233-abcdef;Parent=53995c3f",
  ];
  const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJhdXRoQ2xhc3MiOiJMb2NhdGlvbiJ9.c2lnbmF0dXJl";
  const dropped = [
    "",
    5,
    null,
    `a-${secret}-b`,
    jwt,
    `a.${jwt}`,
    "a b",
    "5f%30c3a52",
    "a\\u0035",
    "a&#53;",
    "x".repeat(129),
  ];
  for (const traceId of kept) assert.equal(traceIdFrom({ traceId }, [secret]), traceId);
  for (const traceId of dropped) assert.equal(traceIdFrom({ traceId }, [secret]), undefined, `${traceId}`);
  for (const body of [undefined, "text", {}, []]) assert.equal(traceIdFrom(body, [secret]), undefined);
});

Deno.test("a secret of one letter does not blow a text up, and one without any letter goes too", () => {
  const text = redact("e".repeat(30), ["e", "r", "d", "[", "a"]);
  assert.equal(text, "[redacted]".repeat(30));
  assert.equal(redact("密码 and ]^", ["密码", "]^"]), "[redacted] and [redacted]");
});

Deno.test("a megabyte of trouble is redacted in no time", () => {
  const million = 1_000_000;
  const texts = [
    "eyJabcdefg" + ".".repeat(million),
    "eyJ".repeat(million / 3),
    "a".repeat(million),
    ("a".repeat(39) + " ").repeat(million / 40),
    " ".repeat(million),
    "%".repeat(million),
    "eyJaaaaaa.".repeat(million / 10),
    "5f0c3a52" + "\\_".repeat(million) + "!",
    "5f0c3a52" + "%__".repeat(million) + "!",
    "5f0c3a52" + "&_;".repeat(million) + "!",
    "5f0c3a52" + "&a;".repeat(million) + "!",
    "5f0c3a52" + "&#1;".repeat(million) + "!",
    "5f0c3a52" + "%2525".repeat(million) + "!",
  ];
  for (const text of texts) {
    const secrets = ["5f0c3a52-9d1e", "é!'()*~"];
    const ms = leastMs(1_000, () => assert.ok(redact(text, secrets).length <= 300));
    assert.ok(ms < 1_000, `${text.slice(0, 20)}: ${ms} ms`);
  }
});
