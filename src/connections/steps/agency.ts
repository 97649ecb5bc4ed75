import { defined } from "../../oauth/defined.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import { answerAbout } from "../../oauth/owner.ts";
import { agenciesOf } from "../record.ts";
import type { Grant } from "../outcome.ts";
import type { StepContext } from "./step.ts";

/**
 * Mints a location's tokens from its agency's: the agency that was told last, and where that one refuses the other one that
 * was ever told. An agency has no agency, so there is no loop.
 */
export async function agency(
  { target, record, mint }: Pick<StepContext, "target" | "record" | "mint">,
): Promise<Grant> {
  const { locationId } = target;
  let first: HighLevelError | undefined;
  for (const companyId of locationId ? agenciesOf(record) : []) {
    try {
      const answer = answerAbout(target, await mint(companyId, `${locationId}`), false);
      return defined({ ...answer, companyId: answer.tokens.companyId ?? companyId });
    } catch (error) {
      if (!(error instanceof HighLevelError) || error.retryable || error.code === "location_inactive") {
        throw error;
      }
      first ??= error;
    }
  }
  throw first ?? new HighLevelError("not_installed", "No agency is known.", { target });
}
