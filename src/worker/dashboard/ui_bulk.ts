import * as v from "valibot";
import { bulkPage } from "./bulk_page.tsx";
import type { ChoiceTrouble } from "./choices.tsx";
import { jobUnderWay } from "./headline.ts";
import { progressPage } from "./progress_page.tsx";
import { invalidForm, type ReadChoice, readChoice } from "./read_choice.ts";
import { showPage } from "./show_page.tsx";
import { noSuchPage, readForm, seeOther, type Ui, uiRoute } from "./ui_route.ts";
import { unrecoveredCsv } from "./unrecovered_csv.ts";
import { defined } from "../../oauth/host.ts";
import { audited, callerOf } from "../http/audit.ts";
import { noInput, type Route } from "../http/route.ts";
import { jobParams, statusSchema } from "../http/schemas.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { JobSource } from "../recovery_job/job_api.ts";
import { jobsNow, listJobs } from "../recovery_job/list_jobs.ts";
import { startJob } from "../recovery_job/start_job.ts";
import { withoutLinks } from "../recovery_job/without_links.ts";
import { mayAct } from "./view.ts";

/** 100,000 ids fit, bytes. */
const MAX_FORM_BYTES = 8 * 1024 * 1024;
/** Bulk recoveries on one page. */
const LISTED = 20;
/** What a person may do with a bulk recovery. */
const ACTIONS = ["pause", "resume", "cancel"] as const;

/** Bulk recoveries for people: start, follow, take away what failed. */
export const bulkRoutes: readonly Route[] = [
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/recoveries",
    needs: "viewer",
    handle: (ui) => showBulk(ui, undefined),
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/recoveries",
    needs: "admin",
    changes: "start_job",
    handle: async (ui) => {
      const { context, scope, view } = ui;
      const form = await readForm(context.req.raw, MAX_FORM_BYTES);
      const choice = await readChoice(form, statusSchema);
      if (choice.what === "trouble") return await showBulk(ui, choice.trouble);
      const targets = choice.what === "ids" ? choice.targets : [];
      const running = form.has("job") &&
        await jobInsteadOf(ui, form.get("job") ?? "", choice.what === "status");
      if (running) return seeOther(context, `${view.base}/ui/recoveries/${running}`);
      const id = await startJob(scope, targets, sourceOf(choice, form), {
        startedBy: callerOf(context),
        ...defined({ id: form.get("job") ?? undefined }),
      });
      audited(context, { job: id, ...targets.length > 0 && { count: targets.length } });
      return seeOther(context, `${view.base}/ui/recoveries/${id}`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/recoveries/:id",
    needs: "viewer",
    params: jobParams,
    handle: async ({ context, scope, view }, { params: { id } }) => {
      const job = scope.job(id);
      const [changes, reasons] = await Promise.all([job.changes(0), job.reasons()]);
      if (!changes) throw noSuchPage();
      const unrecovered = mayAct(view) ? changes.unrecovered : withoutLinks(changes.unrecovered);
      return await showPage(context, view, progressPage(view, { ...changes, unrecovered }, reasons));
    },
  }),
  ...ACTIONS.map((action) =>
    uiRoute({
      ...noInput,
      method: "post",
      path: `/ui/recoveries/:id/${action}`,
      needs: "admin",
      changes: `${action}_job`,
      params: jobParams,
      handle: async ({ context, scope, view: { base } }, { params: { id } }) => {
        if (!await scope.job(id)[action]()) throw noSuchPage();
        return seeOther(context, `${base}/ui/recoveries/${id}`);
      },
    })
  ),
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/recoveries/:id/unrecovered.csv",
    needs: "viewer",
    params: jobParams,
    handle: async ({ scope, view }, { params: { id } }) => {
      const job = scope.job(id);
      if (!await job.progress()) throw noSuchPage();
      return unrecoveredCsv(`recovery-${id}.csv`, job, { hasLinks: mayAct(view) });
    },
  }),
];

/**
 * The job to be looked at where the one called `id` is not begun: itself, sent twice, or, where it would be `overAll`, one that goes on
 * already.
 */
async function jobInsteadOf({ scope }: Ui, id: string, overAll: boolean): Promise<string | undefined> {
  if (!v.is(v.pipe(v.string(), v.uuid()), id)) throw invalidForm();
  if (await scope.job(id).progress()) return id;
  if (!overAll) return undefined;
  const { jobs } = await scope.directory().situation();
  return jobUnderWay(await jobsNow(scope, jobs))?.id;
}

/** Where the targets of what was chosen come from. */
function sourceOf(
  choice: Exclude<ReadChoice<ConnectionStatus>, { what: "trouble" }>,
  form: URLSearchParams,
): JobSource {
  switch (choice.what) {
    case "status":
      return { kind: "status", status: choice.status };
    case "company":
      return { kind: form.has("lost") ? "agency" : "installed", companyId: choice.companyId };
    case "ids":
      return { kind: "targets" };
  }
}

/** The page that starts bulk recoveries. */
async function showBulk({ context, scope, view }: Ui, trouble: ChoiceTrouble | undefined): Promise<Response> {
  const [{ rows }, { recoveries, cursor }] = await Promise.all([
    scope.directory().list({ kind: "company", order: "name", limit: 100 }),
    listJobs(scope, { limit: LISTED, cursor: context.req.query("cursor") }),
  ]);
  const companies = rows.map(({ id, name }) => ({ id, name }));
  const page = bulkPage(view, {
    recent: recoveries,
    companies,
    ...(cursor !== undefined && { cursor }),
    ...(trouble && { trouble }),
  });
  return await showPage(context, view, page, trouble ? 422 : 200);
}
