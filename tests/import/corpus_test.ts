import assert from "node:assert/strict";
import { type ImportFormat, type ImportOptions, readConnections } from "../../src/import/mod.ts";
import { ROOT } from "../project/root.ts";
import { described } from "./described.ts";
import { CLIENT_ID } from "./jwt.ts";

/**
 * Each file of `corpus/` is read for tokens, or for ids where its name begins with `ids_`, and must give what stands in the
 * file of its name with `.expected` behind it. `CORPUS=write` writes those anew: look at what changed.
 */
const CORPUS = `${ROOT}/tests/import/corpus`;
const names = [...Deno.readDirSync(CORPUS)].map(({ name }) => name).filter((name) =>
  !name.endsWith(".expected")
);

for (const name of names.toSorted()) {
  Deno.test(`the file ${name} is understood`, async () => {
    const found = await read(await Deno.readFile(`${CORPUS}/${name}`), name);
    if (Deno.env.get("CORPUS") === "write") await Deno.writeTextFile(`${CORPUS}/${name}.expected`, found);
    assert.equal(found, await Deno.readTextFile(`${CORPUS}/${name}.expected`));
  });
}

Deno.test("the corpus has 60 files at least, and a file beginning anywhere in a chunk is read alike", async () => {
  assert.ok(names.length >= 60, `${names.length}`);
  for (const name of names) {
    const bytes = await Deno.readFile(`${CORPUS}/${name}`);
    const cut = Math.floor(bytes.length / 3);
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut, cut + 1), bytes.subarray(cut + 1)];
    assert.equal(await read(pieces, name), await read(bytes, name), name);
  }
});

async function read(source: Parameters<typeof readConnections>[0], name: string): Promise<string> {
  let format: ImportFormat | undefined;
  const encodings: string[] = [];
  const options: ImportOptions = {
    need: name.startsWith("ids_") ? "ids" : "tokens",
    clientIds: [CLIENT_ID],
    onFormat: (found) => format = found,
    onEncoding: (encoding) => encodings.push(encoding),
  };
  const rows = await Array.fromAsync(readConnections(source, options));
  const head = [
    encodings.join("+"),
    format?.format ?? "nothing",
    ...(format?.separator ? [JSON.stringify(format.separator)] : []),
    ...(format?.header ? ["with a header"] : []),
  ];
  return [head.join(" "), ...rows.map(described), ""].join("\n");
}
