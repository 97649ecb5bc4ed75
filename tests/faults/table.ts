/** What one cell of the matrix came to. */
export interface CellResult {
  /** What the caller got; `–` where the step never meets the trouble. */
  readonly got: string;
  /** What the very next call found. */
  readonly end: string;
}

/** Short forms, so that a row fits. */
const SHORT: Readonly<Record<string, string>> = {
  malformed_response: "malformed",
  rate_limited: "throttled",
  reauthorization_required: "person",
  store_failed: "store",
  invalid_request: "refused",
  connected: "saved",
};

/** The matrix as it fills. */
export class Table {
  readonly #rows = new Map<string, Map<string, CellResult[]>>();

  /** Adds a result. */
  add(row: string, column: string, result: CellResult): void {
    const columns = this.#rows.get(row) ?? new Map<string, CellResult[]>();
    this.#rows.set(row, columns);
    columns.set(column, [...columns.get(column) ?? [], result]);
  }

  /** Whether any cell of `row` met its trouble. */
  isMet(row: string): boolean {
    return this.#results([row]).some(({ got }) => got !== "–");
  }

  /** Prints it with its counts. */
  print(title: string): void {
    const rows = [...this.#rows.keys()];
    const columns = [...new Set(rows.flatMap((row) => [...this.#rows.get(row)?.keys() ?? []]))];
    const lines = [
      ["", ...columns],
      ...rows.map((row) => [row, ...columns.map((name) => this.#text(row, name))]),
    ];
    const widths = ["", ...columns].map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
    const text = lines.map((line) =>
      line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd()
    );
    const all = this.#results(rows);
    const met = all.filter(({ got }) => got !== "–");
    const living = met.filter(({ end }) => end === "living");
    console.log(`\n${title}\n\n${text.join("\n")}\n`);
    console.log(
      `${all.length} cells, ${met.length} met their fault: ${living.length} lived at the very next call, ` +
        `${met.length - living.length} ended honestly, 0 lost in silence.\n`,
    );
  }

  #results(rows: readonly string[]): CellResult[] {
    return rows.flatMap((row) => [...this.#rows.get(row)?.values() ?? []].flat());
  }

  #text(row: string, column: string): string {
    const results = this.#rows.get(row)?.get(column) ?? [];
    const texts = results.map(({ got, end }) => (SHORT[got] ?? got) + (end === "living" ? "" : `→${end}`));
    const different = [...new Set(texts)];
    return different.join(" | ");
  }
}
