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
  let cursor: string | undefined;
  do {
    const asked = new URLSearchParams({ ...query, ...cursor !== undefined && { cursor } });
    const page = await askWorker(host, `${path}${asked.size > 0 ? `?${asked}` : ""}`, {
      signal,
      read: ({ body }) => ({ items: read(body), next: textOf(body.cursor) }),
    });
    yield* page.items;
    if (page.next === cursor && cursor !== undefined) {
      throw strangerError(host, undefined, "its pages do not go on");
    }
    cursor = page.next;
  } while (cursor !== undefined);
}
