import type { KindAndId } from "../kind_and_id.ts";
import type { AgencyPlan, LostStatus, PlanQuery } from "./agency_plan.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { ReturnedBy } from "./directory_api.ts";

/** Whom a campaign is about. */
export type CampaignSource =
  /** Everything lost with a status, of one agency where that is given. Unless `agencyFirst`, each location is asked itself. */
  | {
    readonly kind: "status";
    readonly status: LostStatus;
    readonly companyId?: string;
    readonly agencyFirst: boolean;
  }
  /** Connections that were named one by one: each is asked itself. */
  | { readonly kind: "targets" };

/** What people are written, by language; `{name}`, `{app}`, `{link}` and `{until}` stand for each one's own. */
export interface CampaignMessage {
  readonly en: string;
  readonly ko: string;
}

/** How a connection of a campaign ended: somebody brought it back, or it is not known here any more. */
export type MemberEnd = ReturnedBy | "gone";

/**
 * Where a connection of a campaign stands. `waiting`: its link was not opened. `opened`: it was. `following`: nobody is asked, it
 * comes with its agency. The others have ended.
 */
export const MEMBER_STATES = [
  "waiting",
  "opened",
  "following",
  "person",
  "agency",
  "itself",
  "gone",
] as const;

/** One of {@linkcode MEMBER_STATES}. */
export type MemberState = (typeof MEMBER_STATES)[number];

/**
 * Where a campaign stands. `running`: somebody is missing. `done`: nobody is. `over`: somebody is, and the links have ended.
 */
export type CampaignStatus = "running" | "done" | "over";

/** A campaign: people who were asked to bring their connections back. Moments in ms. */
export interface Campaign {
  readonly id: string;
  readonly status: CampaignStatus;
  /** Who began it: the name or role of a key. */
  readonly startedBy: string;
  readonly createdAt: number;
  /** When its links end. */
  readonly endsAt: number;
  /** When the last one came back. */
  readonly finishedAt?: number;
  readonly source: CampaignSource;
  /** What people are written, where it was edited. */
  readonly message?: Partial<CampaignMessage>;
  /** Connections that are to come back. */
  readonly total: number;
  /** Those that get a link; the others come with their agencies. */
  readonly asked: number;
  /** Those that are not back. */
  readonly missing: number;
}

/** {@linkcode Campaign}, with how many stand where. The counts add up to `total`. */
export interface CountedCampaign extends Campaign {
  readonly states: Readonly<Record<MemberState, number>>;
}

/** One connection of a campaign, with what is known of it now. */
export interface CampaignMember extends KindAndId {
  readonly state: MemberState;
  /** Whether it gets a link. */
  readonly isAsked: boolean;
  readonly name?: string;
  /** The agency of a location, where it is known. */
  readonly companyId?: string;
  /** The agency's name, where it is known. */
  readonly agency?: string;
  /** Where it stands now; absent where it has no row. */
  readonly status?: ConnectionStatus;
  /** Why it is not connected. */
  readonly cause?: string;
  /** Since when it stands there, ms. */
  readonly since?: number;
  /** When its link was opened, ms. */
  readonly openedAt?: number;
  /** When it ended, ms. */
  readonly endedAt?: number;
}

/** Which members are meant: all, those that get a link, or those of them that are not back. */
export const MEMBER_CHOICES = ["all", "asked", "missing"] as const;

/** One of {@linkcode MEMBER_CHOICES}. */
export type MemberChoice = (typeof MEMBER_CHOICES)[number];

/** One page of a campaign's members. */
export interface MemberPage {
  readonly members: readonly CampaignMember[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** A campaign that is to begin. Moments in ms. */
export interface NewCampaign {
  /** Its id: one that is there already stays as it is. */
  readonly id: string;
  readonly source: CampaignSource;
  /** The connections of a source of `"targets"`. */
  readonly targets: readonly KindAndId[];
  readonly startedBy: string;
  readonly createdAt: number;
  readonly endsAt: number;
  readonly message?: Partial<CampaignMessage>;
}

/** The methods of the directory for those who bring people back. */
export interface RelinkApi {
  /** Who brings back what is lost: agencies first. */
  plan(query: PlanQuery): Promise<AgencyPlan>;
  /** Those of locations with `ids` that are lost, or not known. */
  lacking(ids: readonly string[]): Promise<readonly string[]>;
  /** The names of companies, by id, where they are known. */
  companyNames(ids: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** The name of each of `keys`, in their order; `null` where none is known. */
  names(keys: readonly KindAndId[]): Promise<readonly (string | null)[]>;
  /**
   * Begins a campaign over everybody it is about who is not connected; `undefined` where there is nobody, and `"incomplete"`
   * while the directory is being built anew.
   */
  beginCampaign(campaign: NewCampaign): Promise<Campaign | "incomplete" | undefined>;
  /** One page of campaigns, newest first. */
  campaigns(
    query: { readonly limit: number; readonly cursor?: string },
  ): Promise<{ readonly campaigns: readonly Campaign[]; readonly cursor?: string }>;
  /** One campaign. */
  campaign(id: string): Promise<CountedCampaign | undefined>;
  /** One page of its members, those who are asked first. */
  campaignMembers(
    id: string,
    query: { readonly which: MemberChoice; readonly limit: number; readonly cursor?: string },
  ): Promise<MemberPage>;
  /** Keeps what people are written. */
  editCampaign(id: string, message: Partial<CampaignMessage>): Promise<void>;
  /** Sends an event with a link for everybody who is asked and not back, soon; one that is under way goes on. */
  sendCampaign(id: string): Promise<void>;
  /** Drops a campaign; its links can be used until they end. Tells whether there was one. */
  dropCampaign(id: string): Promise<boolean>;
}
