import { createSandbox } from "../../../src/sandbox/mod.ts";

/** How a file is laid out. */
export type Layout = "CSV" | "JSON lines" | "JSON array, an item a line" | "JSON array on one line";

/** A file that is made while it is read, so that it takes no room itself. */
export interface MadeUpFile {
  /** How many connections it has. */
  readonly rows: number;
  /** Its bytes from the start, in pieces as a disk gives them. */
  bytes(): Generator<Uint8Array, void, undefined>;
}

const SIZE = 50 * 2 ** 20;
/** Rows that are made; the file repeats them. */
const BLOCK_ROWS = 1_000;
const PIECE = 64 * 1024;

/** 50 MiB of connections with both of their tokens. */
export function madeUpFile(layout: Layout): MadeUpFile {
  const sandbox = createSandbox({ locations: BLOCK_ROWS });
  const rows = sandbox.locationIds().map((locationId) => {
    const { access_token, refresh_token, companyId } = sandbox.install({ locationId });
    return { locationId, companyId, access_token, refresh_token };
  });
  const texts = layout === "CSV"
    ? rows.map((row) => Object.values(row).join(","))
    : rows.map((row) => JSON.stringify(row));
  const isArray = layout.startsWith("JSON array");
  const end = isArray ? layout === "JSON array on one line" ? "," : ",\n" : "\n";
  const encoder = new TextEncoder();
  const head = encoder.encode(
    isArray ? "[" : layout === "CSV" ? `${Object.keys(rows[0] ?? {}).join(",")}\n` : "",
  );
  const block = encoder.encode(texts.map((text) => text + end).join(""));
  const tail = encoder.encode(isArray ? `${texts[0]}]` : texts[0]);
  const blocks = Math.floor(SIZE / block.length);
  return {
    rows: blocks * BLOCK_ROWS + 1,
    *bytes() {
      yield head;
      for (let count = 0; count < blocks; count++) {
        for (let at = 0; at < block.length; at += PIECE) yield block.subarray(at, at + PIECE);
      }
      yield tail;
    },
  };
}
