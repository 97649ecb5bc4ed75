import type * as v from "valibot";
import { defined } from "../../oauth/host.ts";
import { manyLinks } from "../customer/many_links.ts";
import { readerOf } from "../dashboard/language.ts";
import type { Words } from "../dashboard/words.ts";
import type { Campaign, CampaignSource, CountedCampaign, MemberChoice } from "../directory/campaign_api.ts";
import { isSent } from "../events/send_events.ts";
import { audited, callerOf, isAdmin } from "../http/audit.ts";
import { filledMessage, MESSAGE_LANGUAGES, messageIn } from "../http/campaign_message.ts";
import { type Cells, csvResponse } from "../http/csv_response.ts";
import { ProblemError } from "../http/problem.ts";
import { RELINK_COLUMNS, relinkCells } from "../http/relink_csv.ts";
import { invalidInput, noInput, noStoreJson, type RequestScope, type Route, route } from "../http/route.ts";
import {
  campaignBody,
  campaignCsvQuery,
  campaignParams,
  campaignQuery,
  jobListQuery,
} from "../http/schemas.ts";
import { startCampaign } from "../http/start_campaign.ts";
import { kindAndId } from "../kind_and_id.ts";
import { campaignAnswer, linked, memberAnswer } from "./campaign_answer.ts";

/** 100,000 targets fit, bytes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Members on one page. */
const PAGE = 100;
/** Lines of a CSV file made at once. */
const CSV_PAGE = 500;

/** Campaigns: people who are asked to bring their connections back. */
export const campaignRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "post",
    path: "/campaigns",
    changes: "campaign",
    access: "admin",
    body: campaignBody,
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async (context, { body }) => {
      const scope = context.get("scope");
      const campaign = await startCampaign(scope, {
        source: sourceIn(body),
        targets: "targets" in body ? body.targets.map(kindAndId) : [],
        startedBy: callerOf(context),
        expiresInSeconds: body.expiresInSeconds,
        message: body.message && defined(body.message),
      });
      if (!campaign) {
        throw invalidInput("body", [{ field: "", message: "means nobody who is not connected" }]);
      }
      audited(context, { count: campaign.asked });
      const headers = { Location: `${scope.base}/campaigns/${campaign.id}` };
      return noStoreJson(campaignAnswer(campaign), { status: 201, headers });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/campaigns",
    access: "viewer",
    query: jobListQuery,
    handle: async (context, { query: { limit = 20, cursor } }) => {
      const page = await context.get("scope").directory().campaigns(defined({ limit, cursor }));
      return noStoreJson({ ...page, campaigns: page.campaigns.map(campaignAnswer) });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/campaigns/:id{[\\w-]+\\.csv}",
    changes: "export",
    access: "viewer",
    query: campaignCsvQuery,
    handle: async (context, { query: { which, lang } }) => {
      const scope = context.get("scope");
      const file = context.req.param("id") ?? "";
      const campaign = await campaignOf(scope, file.slice(0, -".csv".length));
      const words = await scope.words(readerOf(lang, context.req.header("accept-language")).language);
      const hasLinks = isAdmin(context);
      const messages = hasLinks ? await Promise.all(MESSAGE_LANGUAGES.map(scope.words)) : [];
      const own = ["broughtBackBy", ...hasLinks ? ["link", "messageEn", "messageKo"] : []];
      const lines = linesOf(scope, campaign, { which, words, messages });
      return csvResponse(`campaign-${file}`, [...RELINK_COLUMNS, ...own], lines);
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/campaigns/:id",
    access: "viewer",
    params: campaignParams,
    query: campaignQuery,
    handle: async (context, { params: { id }, query: { which, cursor, limit = PAGE } }) => {
      const scope = context.get("scope");
      const campaign = await campaignOf(scope, id);
      const page = await scope.directory().campaignMembers(id, defined({ which, cursor, limit }));
      return noStoreJson({ ...campaignAnswer(campaign), ...page, members: page.members.map(memberAnswer) });
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/campaigns/:id/events",
    changes: "campaign",
    access: "admin",
    params: campaignParams,
    handle: async (context, { params: { id } }) => {
      const scope = context.get("scope");
      if (!isSent(scope, "connection.link")) {
        const detail = "Nobody gets events of type connection.link: look at EVENT_URLS and EVENT_TYPES.";
        throw new ProblemError({ status: 409, code: "not_allowed", detail });
      }
      const { asked, states, status } = await campaignOf(scope, id);
      if (status === "over") {
        const detail = "The links of this campaign have ended: begin another one.";
        throw new ProblemError({ status: 409, code: "not_allowed", detail });
      }
      await scope.directory().sendCampaign(id);
      return noStoreJson({ asked, missing: states.waiting + states.opened }, { status: 202 });
    },
  }),
  route({
    ...noInput,
    method: "delete",
    path: "/campaigns/:id",
    changes: "campaign",
    access: "admin",
    params: campaignParams,
    handle: async (context, { params: { id } }) => {
      if (!await context.get("scope").directory().dropCampaign(id)) throw unknownCampaign(id);
      return new Response(null, { status: 204 });
    },
  }),
];

/** A campaign's people for a mail merge, a page at a time; with their links and messages where `messages` has languages. */
async function* linesOf(
  scope: RequestScope,
  { id, endsAt, message, status }: Campaign,
  { which, words, messages }: {
    readonly which: MemberChoice;
    readonly words: Words;
    readonly messages: readonly Words[];
  },
): AsyncGenerator<readonly Cells[], void, undefined> {
  const directory = scope.directory();
  let cursor: string | undefined;
  do {
    const page = await directory.campaignMembers(id, defined({ which, cursor, limit: CSV_PAGE }));
    const asked = messages.length > 0 && status !== "over" ? linked(page.members) : [];
    const [linkOf] = await Promise.all([
      manyLinks(scope, asked, endsAt),
      asked.length > 0 && directory.noteLinksMade(asked.map(({ kind, id }) => ({ kind, id })), Date.now()),
    ]);
    yield page.members.map((member) => {
      const { agency, companyId, name, state, endedAt } = member;
      const line = { ...member, ...defined({ agency: agency ?? companyId, reconnectedAt: endedAt }) };
      const link = linkOf(member);
      const write = (words: Words): string | undefined =>
        link &&
        filledMessage(messageIn(words, message), words, {
          name,
          app: scope.settings.pages.appName,
          link,
          until: endsAt,
        });
      const by = endedAt === undefined ? undefined : state;
      return [...relinkCells(line, words), by, ...messages.length > 0 ? [link, ...messages.map(write)] : []];
    });
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function sourceIn(body: v.InferOutput<typeof campaignBody>): CampaignSource {
  if ("targets" in body) return { kind: "targets" };
  const { status, companyId, agencyFirst } = body;
  return defined({ kind: "status" as const, status, companyId, agencyFirst });
}

async function campaignOf(
  { directory }: Pick<RequestScope, "directory">,
  id: string,
): Promise<CountedCampaign> {
  const campaign = await directory().campaign(id);
  if (!campaign) throw unknownCampaign(id);
  return campaign;
}

function unknownCampaign(id: string): Error {
  return new ProblemError({ status: 404, code: "not_found", detail: `There is no campaign ${id}.` });
}
