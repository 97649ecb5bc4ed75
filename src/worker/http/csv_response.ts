import { csvLine } from "../../import/host.ts";

/** The cells of one line. */
export type Cells = readonly (string | undefined)[];

/**
 * A CSV file that is written while it is read, a page of lines at a time: UTF-8 with a mark, so that Excel reads it too. `name` is
 * the file's.
 */
export function csvResponse(
  name: string,
  head: Cells,
  pages: AsyncGenerator<readonly Cells[], void, undefined>,
): Response {
  const encoder = new TextEncoder();
  const bytesOf = (lines: readonly Cells[]): Uint8Array =>
    encoder.encode(lines.map((cells) => `${csvLine(cells)}\r\n`).join(""));
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode("\ufeff"));
      controller.enqueue(bytesOf([head]));
    },
    pull: async (controller) => {
      const { value, done } = await pages.next();
      if (done) controller.close();
      else controller.enqueue(bytesOf(value));
    },
    cancel: async () => void await pages.return(),
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
    },
  });
}
