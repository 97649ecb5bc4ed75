import { type AgencyPlan, agencyPlan, type PlanQuery } from "./agency_plan.ts";
import type {
  Campaign,
  CampaignMessage,
  CountedCampaign,
  MemberChoice,
  MemberPage,
  NewCampaign,
  RelinkApi,
} from "./campaign_api.ts";
import { Campaigns } from "./campaigns.ts";
import { ConnectionRows } from "./connection_rows.ts";
import type { DirectoryPage, DirectoryQuery } from "./directory_api.ts";
import type { KindAndId } from "../kind_and_id.ts";
import { NotingDirectory } from "./noting_directory.ts";
import { readSituation, type Situation, type SituationApi } from "./situation.ts";

/** The part of the directory's object for those who bring people back: what is wrong, who must click, and campaigns. */
export abstract class RelinkDirectory extends NotingDirectory implements RelinkApi, SituationApi {
  /** One page of rows; tells whether they are whole. */
  abstract list(query: DirectoryQuery): Promise<DirectoryPage>;

  /** Lets a campaign's people be sent an event each. */
  abstract sendCampaign(id: string): Promise<void>;

  /** See {@linkcode SituationApi.situation}. */
  situation(): Promise<Situation> {
    return Promise.resolve(readSituation(this.ctx.storage.sql, Date.now()));
  }

  /** See {@linkcode RelinkApi.plan}. */
  async plan(query: PlanQuery): Promise<AgencyPlan> {
    const { isComplete } = await this.list({ limit: 1 });
    return { ...agencyPlan(this.ctx.storage.sql, query), isComplete };
  }

  /** See {@linkcode RelinkApi.lacking}. */
  lacking(ids: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(new ConnectionRows(this.ctx.storage.sql).lacking(ids));
  }

  /** See {@linkcode RelinkApi.companyNames}. */
  companyNames(ids: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve(new ConnectionRows(this.ctx.storage.sql).companyNames(ids));
  }

  /** See {@linkcode RelinkApi.names}. */
  names(keys: readonly KindAndId[]): Promise<readonly (string | null)[]> {
    return Promise.resolve(new ConnectionRows(this.ctx.storage.sql).names(keys));
  }

  /** See {@linkcode RelinkApi.beginCampaign}. */
  async beginCampaign(campaign: NewCampaign): Promise<Campaign | "incomplete" | undefined> {
    if (!(await this.list({ limit: 1 })).isComplete) return "incomplete";
    return this.ctx.storage.transactionSync(() => this.#campaigns.begin(campaign, Date.now()));
  }

  /** See {@linkcode RelinkApi.campaigns}. */
  campaigns(query: Parameters<RelinkApi["campaigns"]>[0]): ReturnType<RelinkApi["campaigns"]> {
    return Promise.resolve(this.#campaigns.page(query, Date.now()));
  }

  /** See {@linkcode RelinkApi.campaign}. */
  campaign(id: string): Promise<CountedCampaign | undefined> {
    return Promise.resolve(this.#campaigns.get(id, Date.now()));
  }

  /** See {@linkcode RelinkApi.campaignMembers}. */
  campaignMembers(
    id: string,
    query: { readonly which: MemberChoice; readonly limit: number; readonly cursor?: string },
  ): Promise<MemberPage> {
    return Promise.resolve(this.#campaigns.members(id, query));
  }

  /** See {@linkcode RelinkApi.editCampaign}. */
  editCampaign(id: string, message: Partial<CampaignMessage>): Promise<void> {
    return Promise.resolve(this.#campaigns.edit(id, message));
  }

  /** See {@linkcode RelinkApi.dropCampaign}. */
  dropCampaign(id: string): Promise<boolean> {
    return Promise.resolve(this.ctx.storage.transactionSync(() => this.#campaigns.drop(id)));
  }

  get #campaigns(): Campaigns {
    return new Campaigns(this.ctx.storage.sql);
  }
}
