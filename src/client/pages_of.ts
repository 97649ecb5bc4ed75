import { askWorker, type WorkerRequest } from "./ask_worker.ts";
import type { WorkerHost } from "./options.ts";
import { strangerError } from "./problem_of.ts";
import { textOf } from "./texts.ts";

/** What all pages of a list hold, page by page. */
export async function* pagesOf<T>(
  host: WorkerHost,
  path: string,
  query: Readonly<Record<string, string>>,
  read: (body: Readonly<Record<string, unknown>>) => readonly T[],
  request?: Omit<WorkerRequest<T>, "read">,
): AsyncGenerator<T, void, undefined> {
  const isRound = cursorMark();
  let cursor: string | undefined;
  do {
    const asked = new URLSearchParams({ ...query, ...cursor !== undefined && { cursor } });
    const { items, next } = await askWorker(host, `${path}${asked.size > 0 ? `?${asked}` : ""}`, {
      ...request,
      read: ({ body }) => ({ items: read(body), next: textOf(body.cursor) }),
    });
    yield* items;
    cursor = next;
    if (cursor !== undefined && isRound(cursor)) {
      throw strangerError(host, undefined, "its pages do not go on");
    }
  } while (cursor !== undefined);
}

/**
 * Whether cursors go round: told each in turn, says so soon after one comes again. It keeps one, renewed at powers of two.
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
