import { COMPARED } from "../row.ts";
import type { Row, Section } from "../section.ts";
import type { Layout } from "./made_up_file.ts";
import { readFile } from "./read_file.ts";

const LAYOUTS: readonly Layout[] = [
  "CSV",
  "JSON lines",
  "JSON array, an item a line",
  "JSON array on one line",
];

/** What it costs to read other systems' files of connections. */
export async function importing(): Promise<Section> {
  const rows: Row[] = [];
  for (const layout of LAYOUTS) rows.push(...await readFile(layout));
  return {
    name: "import",
    title: "Import: files of 50 MiB, connections with both tokens",
    columns: COMPARED,
    rows,
    notes: [
      "The file is made while it is read, in pieces of 64 KiB. The bare parsers neither look at quotes nor at what a token is.",
      "One line is held whole, as a single JSON value is.",
    ],
  };
}
