import type { Layout, MadeUpFile } from "./made_up_file.ts";

/** The least that can be done with each layout, and what it is called; gives how many rows came. */
export const BARE_PARSERS: Readonly<
  Record<Layout, { readonly name: string; readonly rowsOf: (file: MadeUpFile) => number }>
> = {
  "CSV": {
    name: "lines split at each comma",
    rowsOf: (file) => {
      let rows = -1; // the header
      for (const line of lines(file)) if (line.split(",").length === 4) rows++;
      return rows;
    },
  },
  "JSON lines": {
    name: "JSON.parse of each line",
    rowsOf: (file) => {
      let rows = 0;
      for (const line of lines(file)) if (JSON.parse(line).locationId) rows++;
      return rows;
    },
  },
  "JSON array, an item a line": { name: "JSON.parse of the whole", rowsOf: parsedWhole },
  "JSON array on one line": { name: "JSON.parse of the whole", rowsOf: parsedWhole },
};

function parsedWhole(file: MadeUpFile): number {
  const decoder = new TextDecoder();
  let text = "";
  for (const bytes of file.bytes()) text += decoder.decode(bytes, { stream: true });
  return JSON.parse(text).length;
}

function* lines(file: MadeUpFile): Generator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for (const bytes of file.bytes()) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
