import * as v from "valibot";
import type { AgencyFacts } from "./agency_section.tsx";
import { PERIODS, SORTS } from "./arrangement.ts";
import { barsOf, type RangeName, startOf } from "./activity.ts";
import { PAGE_ROWS } from "./connection_list.tsx";
import { connectionPath } from "./connection_path.ts";
import { connectionPage } from "./connection_page.tsx";
import { forgetPage } from "./forget_page.tsx";
import { type Overview, overviewPage } from "./overview_page.tsx";
import { showPage } from "./show_page.tsx";
import { signInPage } from "./sign_in_page.tsx";
import { readForm, seeOther, type Ui, uiRoute } from "./ui_route.ts";
import { unknownPage } from "./unknown_page.tsx";
import { mayAct } from "./view.ts";
import { offsetOf } from "./zone.ts";
import type { SuspensionOrder } from "../connection/suspend_connection.ts";
import { defined } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { listedPage } from "../directory/listed_connection.ts";
import type { Situation } from "../directory/situation.ts";
import { resultOrError } from "../durable/plain_result.ts";
import { audited, callerOf } from "../http/audit.ts";
import { check, noInput, type RequestScope, type Route } from "../http/route.ts";
import { causeSchema, connectionParams, nameSchema, reasonSchema, statusSchema } from "../http/schemas.ts";
import { targetOf } from "../kind_and_id.ts";
import { logError } from "../log.ts";
import { jobsNow } from "../recovery_job/list_jobs.ts";
import { reauthorizationLink } from "../customer/reauthorization_link.ts";

/** An empty field of a form counts as none. */
const OPTIONAL_TEXT = v.optional(
  v.pipe(v.string(), v.maxLength(2_048), v.transform((text) => text || undefined)),
);

const overviewQuery = v.object({
  q: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
  status: v.pipe(OPTIONAL_TEXT, v.optional(statusSchema)),
  kind: v.pipe(OPTIONAL_TEXT, v.optional(v.picklist(["location", "company"]))),
  cause: v.pipe(OPTIONAL_TEXT, v.optional(causeSchema)),
  agency: v.pipe(OPTIONAL_TEXT, v.optional(connectionParams.entries.id)),
  period: v.pipe(OPTIONAL_TEXT, v.optional(v.picklist(["hour", "day", "week"]))),
  sort: v.optional(v.picklist(SORTS), "status"),
  range: v.optional(v.picklist(["1", "7", "30"]), "1"),
  after: OPTIONAL_TEXT,
  from: v.optional(v.pipe(v.string(), v.regex(/^\d{0,9}$/), v.transform(Number)), "0"),
  next: OPTIONAL_TEXT,
  note: v.optional(v.picklist(["signedOut", "sessionEnded"])),
});

const DID = v.picklist([
  "recovered",
  "paused",
  "reauthorization_required",
  "failed",
  "forgotten",
  "renamed",
  "suspended",
  "resumed",
  "living",
  "dead",
  "unknown",
]);

/** Connections for people: the overview, one connection, recover, suspend, forget. */
export const connectionPages: readonly Route[] = [
  uiRoute({
    ...noInput,
    method: "get",
    path: "/",
    needs: "nobody",
    query: overviewQuery,
    handle: async (ui, { query }) => {
      const { context, view, scope } = ui;
      if (!view.role) {
        return await showPage(context, view, signInPage(view, query));
      }
      const { q, status, kind, cause, agency, period, sort, after, from, range } = query;
      const directory = scope.directory();
      const filter = defined({
        q,
        status,
        kind,
        cause,
        companyId: agency,
        from: period && view.now - PERIODS[period],
      });
      const [situation, counts, list, chart, names] = await Promise.all([
        unlessFailing(() => readSituation(ui)),
        directory.counts(),
        directory.list(defined({ ...filter, order: sort, cursor: after, limit: PAGE_ROWS })),
        unlessFailing(() => readChart(ui, range)),
        agency === undefined ? {} : directory.companyNames([agency]),
      ]);
      const wanted = {
        search: q,
        status,
        kind,
        cause,
        agency,
        period,
        sort,
        from: after === undefined ? 0 : from,
      };
      const facts = situation && { situation, total: counts.total, nextJob: crypto.randomUUID() };
      const page = overviewPage(view, {
        counts,
        page: listedPage(list),
        wanted,
        agency: agency && Object(names)[agency],
        chart,
        facts,
      });
      return await showPage(context, view, page);
    },
  }),
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/connections/:kind/:id",
    needs: "viewer",
    params: connectionParams,
    query: v.object({ did: v.optional(DID) }),
    handle: async ({ context, view, scope }, { params, query: { did } }) => {
      const target = targetOf(params);
      const described = await scope.connection(target).describe();
      const agency = params.kind === "company"
        ? await unlessFailing(() => readAgency(scope, params.id))
        : undefined;
      if (!described.connection && described.history.length === 0) {
        return await showPage(context, view, unknownPage(view, params, agency), 404);
      }
      const { companyId = "" } = described.connection ?? {};
      const names = companyId && await unlessFailing(() => scope.directory().companyNames([companyId]));
      const link = mayAct(view)
        ? await reauthorizationLink(scope.settings, target, described.installation)
        : undefined;
      const facts = { target, described, link, did, agency, agencyName: Object(names)[companyId] };
      return await showPage(context, view, connectionPage(view, facts));
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/connections/:kind/:id/recover",
    needs: "admin",
    changes: "recover",
    params: connectionParams,
    handle: async ({ context, view, scope }, { params }) => {
      const target = targetOf(params);
      const { outcome } = await scope.connection(target).recover({}, undefined, callerOf(context));
      audited(context, { outcome });
      return seeOther(context, `${connectionPath(view.base, target)}?did=${outcome}`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/connections/:kind/:id/check",
    needs: "admin",
    changes: "nothing",
    params: connectionParams,
    handle: async ({ context, view, scope }, { params }) => {
      const target = targetOf(params);
      const result = await scope.connection(target).check();
      return seeOther(
        context,
        `${connectionPath(view.base, target)}?did=${result.ok ? result.token : "unknown"}`,
      );
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/connections/:kind/:id/name",
    needs: "admin",
    changes: "rename",
    params: connectionParams,
    handle: async ({ context, view, scope }, { params }) => {
      const target = targetOf(params);
      const text = (await readForm(context.req.raw)).get("name")?.trim() ?? "";
      const name = check("body", nameSchema, text || null);
      resultOrError(await scope.connection(target).giveName(name));
      return seeOther(context, `${connectionPath(view.base, target)}?did=renamed`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/connections/:kind/:id/suspend",
    needs: "admin",
    changes: "suspend",
    params: connectionParams,
    handle: async (ui, { params }) => {
      const text = (await readForm(ui.context.req.raw)).get("reason") ?? "";
      return await suspend(ui, targetOf(params), defined({ reason: check("body", reasonSchema, text) }));
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/connections/:kind/:id/resume",
    needs: "admin",
    changes: "resume",
    params: connectionParams,
    handle: async (ui, { params }) => await suspend(ui, targetOf(params), null),
  }),
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/connections/:kind/:id/forget",
    needs: "admin",
    params: connectionParams,
    handle: async ({ context, view, scope }, { params }) => {
      const target = targetOf(params);
      const { connection } = await scope.connection(target).describe();
      if (!connection) return seeOther(context, connectionPath(view.base, target));
      return await showPage(context, view, forgetPage(view, { target, name: connection.name }));
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/connections/:kind/:id/forget",
    needs: "admin",
    changes: "forget",
    params: connectionParams,
    handle: async ({ context, view, scope }, { params }) => {
      const target = targetOf(params);
      resultOrError(await scope.connection(target).forget("forgotten", undefined, callerOf(context)));
      return seeOther(context, `${connectionPath(view.base, target)}?did=forgotten`);
    },
  }),
];

/** Suspends a connection or resumes it, and shows its page. */
async function suspend(
  { context, view, scope }: Ui,
  target: ConnectionTarget,
  order: SuspensionOrder,
): Promise<Response> {
  const { isKnown } = resultOrError(await scope.connection(target).suspend(order, callerOf(context)));
  const did = order === null ? "resumed" : "suspended";
  return seeOther(context, `${connectionPath(view.base, target)}${isKnown ? `?did=${did}` : ""}`);
}

/** What `read` tells; nothing where that fails: the rest of the page matters more. */
async function unlessFailing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    logError(error, { outcome: "passed_over" });
    return undefined;
  }
}

/** What happened lately. */
async function readChart({ scope, view: { now, zone } }: Ui, range: RangeName): Promise<Overview["chart"]> {
  const time = { now, offsetMs: offsetOf(zone, now) };
  const hours = await scope.directory().hours(startOf(range, time));
  return { bars: barsOf(hours, range, time), range };
}

/** What an agency's locations are like. */
async function readAgency({ directory }: RequestScope, companyId: string): Promise<AgencyFacts> {
  const [counts, plan] = await Promise.all([
    directory().counts({ companyId, kind: "location" }),
    directory().plan({ status: "reauthorization_required", companyId, limit: 1 }),
  ]);
  return { counts, plan, nextJob: crypto.randomUUID() };
}

/** What is wrong, with jobs as they stand now. */
async function readSituation({ scope }: Ui): Promise<Situation> {
  const situation = await scope.directory().situation();
  return { ...situation, jobs: await jobsNow(scope, situation.jobs) };
}
