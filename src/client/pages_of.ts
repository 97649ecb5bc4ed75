import { askWorker } from "./ask_worker.ts";
import type { WorkerHost } from "./options.ts";
import { strangerError } from "./problem_of.ts";
import { textOf } from "./texts.ts";

/** What all pages of a list hold, one page at a time. */
export async function* pagesOf<T>(
  host: WorkerHost,
  path: string,
  query: Readonly<Record<string, string>>,
  read: (body: Readonly<Record<string, unknown>>) => readonly T[],
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const isRound = cursorMark();
  let cursor: string | undefined;
  do {
    const asked = new URLSearchParams({ ...query, ...cursor !== undefined && { cursor } });
    const page = await askWorker(host, `${path}${asked.size > 0 ? `?${asked}` : ""}`, {
      signal,
      read: ({ body }) => ({ items: read(body), next: textOf(body.cursor) }),
    });
    yield* page.items;
    if (page.next !== undefined && isRound(page.next)) {
      throw strangerError(host, undefined, "its pages do not go on");
    }
    cursor = page.next;
  } while (cursor !== undefined);
}

/**
 * Whether cursors go round: told each in turn, it says so soon after one comes again. It keeps one of them, renewed at powers of two.
 * Source: R. P. Brent, "An improved Monte Carlo factorization algorithm", 1980.
 */
export function cursorMark(): (cursor: string) => boolean {
  let kept: string | undefined;
  let steps = 0;
  let renewAt = 1;
  return (cursor) => {
    if (cursor === kept) return true;
    if (++steps === renewAt) [kept, renewAt] = [cursor, renewAt * 2];
    return false;
  };
}
