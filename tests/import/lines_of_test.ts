import assert from "node:assert/strict";
import { type Encoding, type ImportSource, linesOf } from "../../src/import/lines_of.ts";

async function read(
  source: ImportSource,
): Promise<{ readonly texts: string[]; readonly encodings: Encoding[] }> {
  const encodings: Encoding[] = [];
  const lines = await Array.fromAsync(linesOf(source, (encoding) => encodings.push(encoding)));
  assert.deepEqual(lines.map(({ line }) => line), lines.map((_, index) => index + 1));
  return { texts: lines.map(({ text }) => text), encodings };
}

Deno.test("lines end with LF, CR LF or CR, and a mark before the first is no text", async () => {
  assert.deepEqual((await read("\uFEFFa\r\nb\nc\rd\r\n")).texts, ["a", "b", "c", "d"]);
  assert.deepEqual((await read("\n\n")).texts, ["", ""]);
  assert.deepEqual((await read("")).texts, []);
  assert.deepEqual((await read(["a\r", "\nb", "\r"])).texts, ["a", "b"], "a line end cut in two is one");
});

Deno.test("UTF-8 is the rule; a line that is none is Latin-1, by itself", async () => {
  const utf8 = [...new TextEncoder().encode("Zürich €\n")];
  const latin1 = [..."Zürich\n"].map((char) => char.charCodeAt(0));
  assert.deepEqual(await read(Uint8Array.from([...utf8, ...latin1, ...utf8])), {
    texts: ["Zürich €", "Zürich", "Zürich €"],
    encodings: ["utf-8", "latin-1"],
  });
});

Deno.test("UTF-16 is known by its mark, and without one by the zeros between its letters", async () => {
  for (const isBig of [false, true]) {
    for (const mark of ["\uFEFF", ""]) {
      const text = `${mark}location id\n1\n`;
      const bytes = new Uint8Array(text.length * 2);
      for (let at = 0; at < text.length; at++) {
        new DataView(bytes.buffer).setUint16(2 * at, text.charCodeAt(at), !isBig);
      }
      assert.deepEqual(await read(bytes), {
        texts: ["location id", "1"],
        encodings: [isBig ? "utf-16be" : "utf-16le"],
      });
    }
  }
});

Deno.test("a line as long as a file of 20 MB is read in one pass", async () => {
  const chunk = new TextEncoder().encode("x".repeat(65_536));
  const { texts } = await read(Array.from({ length: 320 }, () => chunk));
  assert.equal(texts[0]?.length, 320 * 65_536);
});
