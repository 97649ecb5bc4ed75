import { ExportKeys, ExportWriter, readExport, restoredLines } from "../../moving/host.ts";
import { movedFactsIn } from "../connection/moved_facts.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { audited, callerOf } from "../http/audit.ts";
import { readBytes } from "../http/read_json.ts";
import { invalidInput, noInput, noStoreJson, type RequestScope, type Route, route } from "../http/route.ts";
import { dryRunQuery, pageQuery } from "../http/schemas.ts";
import { exportPage, PAGE_KEYS, pageKeys, streamOf } from "../moving/export_page.ts";
import { resealPage, resealPlace } from "../moving/reseal_page.ts";

/** A page of an export, bytes: 400 connections of some 4 KB each, and much to spare. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** Objects that take a connection at once. */
const AT_ONCE = 25;
/** The key of an export that is not sealed under the worker's own. */
const EXPORT_KEY = "export-key";

/** Everything there is, moved to another side and back, and sealed anew. */
export const movingRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/export",
    access: "admin",
    changes: "export",
    query: pageQuery,
    handle: async (context, { query: { cursor, limit } }) => {
      const scope = context.get("scope");
      const keys = await keysOf(scope, context.req.header(EXPORT_KEY));
      const writer = writerOf(scope, await ExportKeys.from(keys), cursor);
      const page = await pageKeys(scope, writer.place, limit);
      return new Response(streamOf(exportPage(scope, writer, page)), {
        headers: { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" },
      });
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/import",
    access: "admin",
    changes: "restore",
    query: dryRunQuery,
    handle: async (context, { query: { dryRun = false } }) => {
      const scope = context.get("scope");
      const keys = await keysOf(scope, context.req.header(EXPORT_KEY));
      const text = new TextDecoder().decode(await readBytes(context.req.raw, MAX_PAGE_BYTES));
      const isPart = await isPartOf(text);
      const lines = [];
      const actor = callerOf(context);
      const counts = { taken: 0, older: 0, bad: 0, failed: 0 };
      try {
        const restored = restoredLines(text, {
          appId: scope.id,
          keys,
          concurrency: AT_ONCE,
          isPart,
          take: async (_key, { stored, facts }, target) => {
            const moved = { record: stored, facts: movedFactsIn(facts) };
            return resultOrError(await scope.connection(target).restore(moved, { isDryRun: dryRun, actor }))
              .verdict;
          },
        });
        for await (const line of restored) {
          counts[line.result]++;
          lines.push(line);
        }
      } catch (error) {
        throw badInput(error);
      }
      audited(context, { count: counts.taken });
      return noStoreJson({ ...counts, ...dryRun && { dryRun }, lines });
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/reseal",
    access: "admin",
    changes: "seal",
    query: pageQuery,
    handle: async (context, { query: { cursor, limit } }) => {
      const place = cursor === undefined ? undefined : resealPlace(cursor);
      if (cursor !== undefined && !place) {
        throw invalidInput("query", [{ field: "cursor", message: "must be that of a page before" }]);
      }
      return noStoreJson(await resealPage(context.get("scope"), place, limit));
    },
  }),
];

/** The keys that an export is sealed under, or opened by: the one that the caller gives before our own. */
async function keysOf({ settings }: RequestScope, given: string | undefined): Promise<readonly string[]> {
  if (given === undefined) return settings.sealingKeys;
  await ExportKeys.from([given]).catch(() => {
    const message = "must be 32 bytes in base64";
    throw invalidInput("header", [{ field: EXPORT_KEY, message }]);
  });
  return [given, ...settings.sealingKeys];
}

function writerOf(
  { id: appId, settings }: RequestScope,
  keys: ExportKeys,
  cursor: string | undefined,
): ExportWriter {
  try {
    return cursor === undefined
      ? ExportWriter.begin({ appId, keys, isReadOnly: settings.readOnly })
      : ExportWriter.resume(cursor, { appId, keys });
  } catch (error) {
    throw badInput(error);
  }
}

/** Whether `text` is a page, and not a whole export. One that is too long, or has an end that does not fit it, is refused whole. */
async function isPartOf(text: string): Promise<boolean> {
  const refuse = (message: string): Error => invalidInput("body", [{ field: "", message }]);
  let count = 0;
  for await (const item of readExport(text)) {
    if (item.kind === "record" && ++count > PAGE_KEYS) {
      throw refuse(`may have ${PAGE_KEYS} connections at most`);
    }
    if (item.kind !== "end" || item.isWhole) continue;
    if (/^\{"end":/m.test(text)) throw refuse(`is not whole: ${item.reason}`);
    return true;
  }
  return false;
}

/** What is wrong with what was sent, as a problem. */
function badInput(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const [, field = "", message = error.message] =
    /^(cursor|source|keys)(?:\[\d+\])? (.+)$/.exec(error.message) ?? [];
  return invalidInput(field === "cursor" ? "query" : "body", [{
    field: field === "cursor" ? field : "",
    message,
  }]);
}
