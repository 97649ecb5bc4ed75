import { amount } from "../oauth/fields.ts";
import type { HighLevelApp, RequestOptions } from "../oauth/highlevel_app.ts";
import { type HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import { requestLocationToken } from "../oauth/location_token.ts";
import { LONGEST_WAIT_MS } from "../oauth/retry.ts";
import type { TokenAnswer } from "../oauth/token_set.ts";
import type { UsableToken } from "./usable_token.ts";
import { createScout, type Scout } from "./scout.ts";

/** What agencies' tokens are used for. */
export interface Agencies {
  /**
   * Mints a location's tokens from its agency's. The agency's own token is refreshed or recovered first where need be.
   *
   * @throws {HighLevelError} why it could not.
   */
  mint(companyId: string, locationId: string): Promise<TokenAnswer>;
}

/** What {@linkcode createAgencies} needs. */
export interface AgenciesHost {
  /** The app. */
  readonly app: HighLevelApp;
  /** Clock and timers of requests. */
  readonly requests: RequestOptions & Required<Pick<RequestOptions, "now" | "sleep">>;
  /** A usable token of a company; `rejected` is one that HighLevel refused. */
  readonly companyToken: (companyId: string, rejected?: string) => Promise<UsableToken>;
}

/** What was found out of one agency. */
interface Agency {
  readonly scout: Scout;
  /** A call worked at this time, ms. */
  workedAt: number;
  /** Which token of it mints nothing by HighLevel's own words, why, and until when that is believed, ms. */
  refusal?: { readonly accessToken: string; readonly error: HighLevelError; readonly until: number };
  /** The token that healing brought last; until when it is not healed itself, ms. */
  healed?: { readonly accessToken: string; readonly until: number };
  /** Calls left until `until`, ms, as HighLevel's headers tell. */
  budget?: { left: number; readonly until: number };
}

/** What an agency's token is refused for, or that it works, is believed this long, ms. */
const HOLDS_MS = 60_000;
/** A token this young that HighLevel does not know yet is tried again after a pause, ms. */
const YOUNG_PAUSE_MS = 1_000;
/** Agencies remembered. */
const MAX_AGENCIES = 1_000;

/**
 * Mints locations' tokens, for all locations of an agency together: what HighLevel's words refuse the agency's token as such
 * counts for all of them for a minute, its token is healed once a minute at most, and the calls keep within the rate limit
 * that HighLevel tells.
 */
export function createAgencies({ app, requests, companyToken }: AgenciesHost): Agencies {
  const { now, sleep } = requests;
  const known = new Map<string, Agency>();

  const agencyOf = (companyId: string): Agency => {
    let agency = known.get(companyId);
    if (!agency) {
      if (known.size >= MAX_AGENCIES) known.clear();
      known.set(companyId, agency = { scout: createScout(), workedAt: -Infinity });
    }
    return agency;
  };
  const isHealed = ({ healed }: Agency, accessToken: string): boolean =>
    healed?.accessToken === accessToken && healed.until > now();
  /** Waits until the agency may be asked once more. */
  const pace = async (agency: Agency): Promise<void> => {
    while (agency.budget && agency.budget.left <= 0 && agency.budget.until > now()) {
      await sleep(Math.min(agency.budget.until - now(), LONGEST_WAIT_MS));
    }
    if (agency.budget) agency.budget.left--;
  };
  const noteLimits = (agency: Agency, headers: Headers): void => {
    const left = amount(headers.get("x-ratelimit-remaining"));
    const intervalMs = amount(headers.get("x-ratelimit-interval-milliseconds"));
    if (left === undefined || intervalMs === undefined) return;
    const { budget } = agency;
    // Where its window began is not told: it has ended an interval after it was first heard of.
    const isSame = budget !== undefined && budget.until > now();
    agency.budget = isSame
      ? { left: Math.min(left, budget.left), until: budget.until }
      : { left, until: now() + intervalMs };
  };

  /** One location's tokens, healing the agency once where its token is dead. */
  const attempt = async (agency: Agency, companyId: string, locationId: string): Promise<TokenAnswer> => {
    let token = await companyToken(companyId);
    for (let paused = false, healed = false;;) {
      const { accessToken, isYoung } = token;
      const { refusal } = agency;
      if (refusal?.accessToken === accessToken && refusal.until > now()) throw refusal.error;
      try {
        await pace(agency);
        const request = { companyId, locationId, accessToken };
        const answer = await requestLocationToken(
          app,
          request,
          requests,
          (headers) => noteLimits(agency, headers),
        );
        delete agency.healed; // it has proven itself
        return answer;
      } catch (error) {
        const isDead = isCoded(error, "unauthorized");
        if (isDead && isYoung && !paused) {
          paused = true;
          await sleep(YOUNG_PAUSE_MS);
        } else if (isDead && !healed && !isHealed(agency, accessToken)) {
          healed = true;
          token = await companyToken(companyId, accessToken);
          agency.healed = { accessToken: token.accessToken, until: now() + HOLDS_MS };
        } else {
          if (!isDead) delete agency.healed; // an answer about something else proves it too
          if (isCoded(error, "forbidden") && error.reason !== "access") {
            agency.refusal = { accessToken, error, until: now() + HOLDS_MS };
          }
          throw error;
        }
      }
    }
  };

  return {
    mint: async (companyId, locationId) => {
      const agency = agencyOf(companyId);
      const end = await agency.scout.goFirst(() => agency.workedAt + HOLDS_MS > now());
      try {
        const answer = await attempt(agency, companyId, locationId);
        agency.workedAt = now();
        return answer;
      } finally {
        end();
      }
    },
  };
}
