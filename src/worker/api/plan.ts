import { defined } from "../../oauth/host.ts";
import { manyLinks, usualEnd } from "../customer/many_links.ts";
import { readerOf } from "../dashboard/language.ts";
import type { Words } from "../dashboard/words.ts";
import { askedIn, placeIn } from "../directory/agency_plan.ts";
import type { ListedRow } from "../directory/directory_api.ts";
import { type Cells, csvResponse } from "../http/csv_response.ts";
import { RELINK_COLUMNS, relinkCells } from "../http/relink_csv.ts";
import { isAdmin } from "../http/audit.ts";
import { invalidInput, noInput, noStoreJson, type RequestScope, type Route, route } from "../http/route.ts";
import { csvQuery, planQuery } from "../http/schemas.ts";
import { kindAndId } from "../kind_and_id.ts";

/** Locations of a plan on one page. */
const PAGE = 1_000;
/** Lines of a CSV file made at once. */
const CSV_PAGE = 500;

/** Who must click, and the list of all for a mail merge. */
export const planRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/plan",
    changes: "export",
    access: "viewer",
    query: planQuery,
    handle: async (context, { query: { limit = PAGE, ...query } }) => {
      if (query.cursor !== undefined && !placeIn(query.cursor)) {
        throw invalidInput("query", [{ field: "cursor", message: "must be the cursor of a plan" }]);
      }
      const scope = context.get("scope");
      const plan = await scope.directory().plan(defined({ ...query, limit }));
      const linkOf = await manyLinks(scope, isAdmin(context) ? askedIn(plan) : [], usualEnd());
      return noStoreJson({
        ...plan,
        agencies: plan.agencies.map((one) => ({ ...one, url: linkOf(kindAndId(one)) })),
        alone: plan.alone.map((one) => ({
          ...one,
          since: new Date(one.since),
          url: linkOf(kindAndId(one)),
        })),
      });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/connections.csv",
    changes: "export",
    access: "viewer",
    query: csvQuery,
    handle: async (context, { query: { status, lang } }) => {
      const scope = context.get("scope");
      const words = await scope.words(readerOf(lang, context.req.header("accept-language")).language);
      const hasLinks = isAdmin(context);
      const head = hasLinks ? [...RELINK_COLUMNS, "link"] : RELINK_COLUMNS;
      const name = `connections${status ? `-${status}` : ""}.csv`;
      return csvResponse(name, head, linesOf(scope, { status, words, hasLinks }));
    },
  }),
];

/** All connections of a status, a page at a time. Who can come back by a click gets a link. */
async function* linesOf(
  scope: RequestScope,
  { status, words, hasLinks }: {
    readonly status: ListedRow["status"] | undefined;
    readonly words: Words;
    readonly hasLinks: boolean;
  },
): AsyncGenerator<readonly Cells[], void, undefined> {
  const directory = scope.directory();
  let cursor: string | undefined;
  do {
    const page = await directory.list(defined({ status, limit: CSV_PAGE, cursor }));
    const { rows } = page;
    const asked = hasLinks
      ? rows.filter((row) => row.status === "broken" || row.status === "reauthorization_required")
        .map(({ kind, id }) => ({ kind, id }))
      : [];
    const [names, linkOf] = await Promise.all([
      directory.companyNames(rows.flatMap(({ companyId }) => companyId ?? [])),
      manyLinks(scope, asked, usualEnd()),
      asked.length > 0 && directory.noteLinksMade(asked, Date.now()),
    ]);
    yield rows.map((row) => {
      const { companyId = "", linkOpenedAt, returnedAt } = row;
      const line = {
        ...row,
        agency: names[companyId] ?? companyId,
        ...defined({
          openedAt: linkOpenedAt,
          reconnectedAt: row.status === "connected" ? returnedAt : undefined,
        }),
      };
      return [...relinkCells(line, words), ...hasLinks ? [linkOf(row)] : []];
    });
    cursor = page.cursor;
  } while (cursor !== undefined);
}
