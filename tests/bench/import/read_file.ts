import { readConnections } from "../../../src/import/mod.ts";
import { heap } from "../heap.ts";
import { grouped, mebibytes, rate } from "../quantity.ts";
import { compared, timed } from "../rounds.ts";
import { figure, row } from "../row.ts";
import { atMost, type Row } from "../section.ts";
import { BARE_PARSERS } from "./bare_parser.ts";
import { type Layout, type MadeUpFile, madeUpFile } from "./made_up_file.ts";

const ROUNDS = 3;
/** A row that is kept takes 2,500 bytes and more, its id alone 100. */
const MOST_BYTES_EACH = 50;

/** How fast a file of 50 MiB is read, next to a bare parser, and what is held on the way. */
export async function readFile(layout: Layout): Promise<Row[]> {
  const file = madeUpFile(layout);
  const { name, rowsOf } = BARE_PARSERS[layout];
  const expectAll = (rows: number): void => {
    if (rows !== file.rows) throw new Error(`${rows} of ${file.rows} rows were read from ${layout}`);
  };
  const found = await compared(
    ROUNDS,
    () => timed(async () => expectAll(await taken(file))),
    () => timed(() => Promise.resolve(expectAll(rowsOf(file)))),
  );
  const perSecond = (ms: number): number => file.rows / ms * 1000;
  return [
    row(`${grouped(file.rows)} rows of ${layout}`, {
      value: perSecond(found.ours),
      reference: perSecond(found.reference),
      against: name,
      ratio: 1 / found.ratio,
      show: rate,
    }),
    ...await held(file, layout !== "JSON array on one line"),
  ];
}

async function taken(file: MadeUpFile, each: (count: number) => void = () => {}): Promise<number> {
  let count = 0;
  for await (const { result } of readConnections(file.bytes())) if (result === "taken") each(++count);
  return count;
}

/** What is held after a tenth and at the end, after garbage was collected; one line is held as long as its rows come. */
async function held(file: MadeUpFile, isFlat: boolean): Promise<Row[]> {
  const first = Math.floor(file.rows / 10);
  const marks = new Map<number, number>();
  const before = heap();
  await taken(file, (count) => {
    if (count === first || count === file.rows) marks.set(count, heap() - before);
  });
  const [early = NaN, late = NaN] = marks.values();
  const growth = (late - early) / (file.rows - first);
  const bytes = (value: number): string => `${value.toFixed(0)} B`;
  return [
    figure("…, heap held at the last row", Math.max(0, late), mebibytes),
    ...isFlat ? [figure("…, growth per row", growth, bytes, atMost(growth, MOST_BYTES_EACH, bytes))] : [],
  ];
}
