import * as v from "valibot";
import { linked } from "../api/campaign_answer.ts";
import { manyLinks, usualEnd } from "../customer/many_links.ts";
import { LINK_SECONDS } from "../customer/return_link.ts";
import { askedIn, type LostStatus } from "../directory/agency_plan.ts";
import { type CampaignMessage, type CampaignSource, MEMBER_CHOICES } from "../directory/campaign_api.ts";
import { isSent } from "../events/send_events.ts";
import { audited, callerOf } from "../http/audit.ts";
import { MESSAGE_LANGUAGES, messageIn } from "../http/campaign_message.ts";
import { ProblemError } from "../http/problem.ts";
import { noInput, type Route } from "../http/route.ts";
import {
  campaignParams,
  campaignQuery,
  lostStatusSchema,
  messageSchema,
  planQuery,
} from "../http/schemas.ts";
import { startCampaign } from "../http/start_campaign.ts";
import { defined } from "../../oauth/host.ts";
import { campaignPage } from "./campaign_page.tsx";
import { campaignsPage } from "./campaigns_page.tsx";
import type { ChoiceTrouble } from "./choices.tsx";
import { LANGUAGES } from "./language.ts";
import { planPage } from "./plan_page.tsx";
import { type ReadChoice, readChoice } from "./read_choice.ts";
import { showPage } from "./show_page.tsx";
import { noSuchPage, readForm, seeOther, type Ui, uiRoute } from "./ui_route.ts";
import { mayAct } from "./view.ts";

/** 100,000 ids fit, bytes. */
const MAX_FORM_BYTES = 8 * 1024 * 1024;
/** Two messages fit, bytes, however they are encoded. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** Campaigns, and connections, on one page. */
const LISTED = 20;
const PEOPLE = 50;
/** Locations of a plan that a page shows. */
const PLANNED = 100;

/** Who is missing stands first. */
const campaignPageQuery = v.object({
  ...campaignQuery.entries,
  which: v.optional(v.picklist(MEMBER_CHOICES), "missing"),
  did: v.optional(v.picklist(["kept", "sent"])),
});

/** Bringing people back: the plan, and campaigns. */
export const campaignPages: readonly Route[] = [
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/plan",
    needs: "viewer",
    query: planQuery,
    handle: async ({ context, scope, view }, { query: { status } }) => {
      const plan = await scope.directory().plan({ status, limit: PLANNED });
      const linkOf = await manyLinks(scope, mayAct(view) ? askedIn(plan) : [], usualEnd());
      return await showPage(context, view, planPage(view, { plan, status, linkOf }));
    },
  }),
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/campaigns",
    needs: "viewer",
    handle: (ui) => showCampaigns(ui, undefined),
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/campaigns",
    changes: "campaign",
    needs: "admin",
    handle: async (ui) => {
      const { context, scope, view } = ui;
      const form = await readForm(context.req.raw, MAX_FORM_BYTES);
      const choice = await readChoice(form, lostStatusSchema);
      if (choice.what === "trouble") return await showCampaigns(ui, choice.trouble);
      const startedBy = callerOf(context);
      const campaign = await startCampaign(scope, {
        source: sourceOf(choice, form),
        targets: choice.what === "ids" ? choice.targets : [],
        startedBy,
        expiresInSeconds: LINK_SECONDS.usual,
      });
      if (!campaign) return await showCampaigns(ui, "nobody");
      audited(context, { count: campaign.asked });
      return seeOther(context, `${view.base}/ui/campaigns/${campaign.id}`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "get",
    path: "/ui/campaigns/:id",
    needs: "viewer",
    params: campaignParams,
    query: campaignPageQuery,
    handle: async ({ context, scope, view }, { params: { id }, query: { which, cursor, did } }) => {
      const directory = scope.directory();
      const campaign = await directory.campaign(id);
      if (!campaign) throw noSuchPage();
      const page = await directory.campaignMembers(id, defined({ which, cursor, limit: PEOPLE }));
      const linkOf = await manyLinks(scope, mayAct(view) ? linked(page.members) : [], campaign.endsAt);
      const messages = await Promise.all(MESSAGE_LANGUAGES.map(async (code) => ({
        code,
        language: LANGUAGES.get(code) ?? code,
        text: messageIn(await scope.words(code), campaign.message),
      })));
      const isMailed = isSent(scope, "connection.link");
      return await showPage(
        context,
        view,
        campaignPage(view, { campaign, page, which, linkOf, messages, isMailed, did }),
      );
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/campaigns/:id/message",
    changes: "campaign",
    needs: "admin",
    params: campaignParams,
    handle: async ({ context, scope, view: { base } }, { params: { id } }) => {
      const form = await readForm(context.req.raw, MAX_MESSAGE_BYTES);
      const message: { -readonly [Code in keyof CampaignMessage]?: string } = {};
      for (const code of MESSAGE_LANGUAGES) {
        // As the usual one, however browsers end lines: it stays the usual one, in later versions too.
        const text = form.get(code)?.replaceAll("\r\n", "\n").trim() ?? "";
        if (text === "" || text === (await scope.words(code)).campaignMessage.trim()) continue;
        if (!v.is(messageSchema, text)) {
          throw new ProblemError({
            status: 422,
            code: "invalid_input",
            detail: `${code}: {link} is missing`,
          });
        }
        message[code] = text;
      }
      const directory = scope.directory();
      if (!await directory.campaign(id)) throw noSuchPage();
      await directory.editCampaign(id, message);
      return seeOther(context, `${base}/ui/campaigns/${id}?did=kept`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/campaigns/:id/send",
    changes: "campaign",
    needs: "admin",
    params: campaignParams,
    handle: async ({ context, scope, view: { base } }, { params: { id } }) => {
      const directory = scope.directory();
      const campaign = await directory.campaign(id);
      if (!isSent(scope, "connection.link") || campaign?.status !== "running") throw noSuchPage();
      await directory.sendCampaign(id);
      return seeOther(context, `${base}/ui/campaigns/${id}?did=sent`);
    },
  }),
  uiRoute({
    ...noInput,
    method: "post",
    path: "/ui/campaigns/:id/drop",
    changes: "campaign",
    needs: "admin",
    params: campaignParams,
    handle: async ({ context, scope, view: { base } }, { params: { id } }) => {
      if (!await scope.directory().dropCampaign(id)) throw noSuchPage();
      return seeOther(context, `${base}/ui/campaigns`);
    },
  }),
];

/** The page that begins campaigns. */
async function showCampaigns(
  { context, scope, view }: Ui,
  trouble: ChoiceTrouble | "nobody" | undefined,
): Promise<Response> {
  const directory = scope.directory();
  const [{ rows }, { campaigns, cursor }, { byStatus }] = await Promise.all([
    directory.list({ kind: "company", order: "name", limit: 100 }),
    directory.campaigns(defined({ limit: LISTED, cursor: context.req.query("cursor") })),
    directory.counts(),
  ]);
  const page = campaignsPage(
    view,
    defined({
      recent: campaigns,
      companies: rows.map(({ id, name }) => ({ id, name })),
      lost: byStatus.reauthorization_required,
      cursor,
      trouble,
    }),
  );
  return await showPage(context, view, page, trouble ? 422 : 200);
}

/** Whom a campaign over what was chosen asks. */
function sourceOf(
  choice: Exclude<ReadChoice<LostStatus>, { what: "trouble" }>,
  form: URLSearchParams,
): CampaignSource {
  switch (choice.what) {
    case "status":
      return { kind: "status", status: choice.status, agencyFirst: form.has("agencyFirst") };
    case "company": {
      const { companyId } = choice;
      return { kind: "status", status: "reauthorization_required", companyId, agencyFirst: true };
    }
    case "ids":
      return { kind: "targets" };
  }
}
