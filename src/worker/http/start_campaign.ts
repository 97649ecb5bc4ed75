import { defined } from "../../oauth/host.ts";
import type { Campaign, CampaignMessage, CampaignSource } from "../directory/campaign_api.ts";
import type { KindAndId } from "../kind_and_id.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { ProblemError } from "./problem.ts";

/** A campaign that somebody wants. */
export interface WantedCampaign {
  /** Whom it is about. */
  readonly source: CampaignSource;
  /** The connections of a source of `"targets"`. */
  readonly targets: readonly KindAndId[];
  /** Who begins it: the name or role of a key. */
  readonly startedBy: string;
  /** How long its links can be used, seconds. */
  readonly expiresInSeconds: number;
  /** What people are written, where it differs from the usual words. */
  readonly message?: Partial<CampaignMessage> | undefined;
}

/**
 * Begins a campaign. Nothing is sent to anybody. `undefined` where everybody it is about is connected, or there is nobody.
 *
 * @throws {ProblemError} 503 while the directory is being built anew: some would be missing.
 */
export async function startCampaign(
  { directory }: Pick<ReconnectApp, "directory">,
  { source, targets, startedBy, expiresInSeconds, message }: WantedCampaign,
): Promise<Campaign | undefined> {
  const createdAt = Date.now();
  const endsAt = createdAt + expiresInSeconds * 1000;
  const id = crypto.randomUUID();
  const campaign = await directory().beginCampaign(
    defined({ id, source, targets, startedBy, createdAt, endsAt, message }),
  );
  if (campaign !== "incomplete") return campaign;
  throw new ProblemError({
    status: 503,
    code: "not_ready",
    detail: "The list of connections is being built anew: some would be missing.",
    retryAfterSeconds: 10,
  });
}
