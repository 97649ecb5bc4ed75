import type { Authorization } from "../../connections/host.ts";
import { isCoded } from "../../oauth/host.ts";
import type { ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import type { RequestScope } from "./route.ts";
import { logError } from "../log.ts";
import type { Result } from "../durable/plain_result.ts";
import { startJob } from "../recovery_job/start_job.ts";

/**
 * Stores what a code gave. Where an agency installed the app for many locations (`isBulk`), a job gets their tokens: those of
 * the locations that it names, else of all that HighLevel lists. `actor`: who did it, where that is known.
 */
export async function saveAuthorization(
  scope: Pick<RequestScope, "job" | "connection">,
  { target, tokens, clientId }: Authorization,
  actor?: string,
): Promise<Result<{ readonly isBulk: boolean }>> {
  const save = () => scope.connection(target).save(tokens, { clientId }, "authorised", actor);
  // These tokens exist nowhere else: an object that was just reset is called once more.
  const saved = await save().catch(save);
  if (!saved.ok) return saved;
  const { companyId } = target;
  const { approvedLocations = [], isBulkInstallation = false, approveAllLocations = false } = tokens;
  const isBulk = companyId !== undefined &&
    (isBulkInstallation || approveAllLocations || approvedLocations.length > 0);
  if (!isBulk) return { ok: true, isBulk };
  const locations = approvedLocations.map((id) => ({ kind: "location", id } as const));
  const isListed = locations.length > 0 && !approveAllLocations;
  try {
    await startJob(scope, locations, { kind: isListed ? "targets" : "installed", companyId }, {
      startedBy: "installation",
    });
    return { ok: true, isBulk };
  } catch (error) {
    // The agency is connected all the same, and the webhooks of its locations are on their way.
    logError(error, { job: "bulk installation", outcome: "passed_over" });
    return { ok: true, isBulk: false };
  }
}

/**
 * Where the exchange may have been carried out and its answer lost, the app is installed, and nobody has its tokens: then the
 * ladder gets them for `expected`, where it is known who that is.
 */
export function makeGood(
  { connection, waitUntil }: Pick<RequestScope, "connection" | "waitUntil">,
  error: HighLevelError,
  expected: ConnectionTarget | undefined,
): void {
  const isLost = error.reason === "answer_lost" || error.retryable && !isCoded(error, "rate_limited");
  if (isLost && expected) waitUntil(connection(expected).answerLost());
}
