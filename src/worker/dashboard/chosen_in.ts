import * as v from "valibot";
import { ProblemError } from "../http/problem.ts";
import { connectionParams } from "../http/schemas.ts";
import type { JobTarget } from "../recovery_job/job_api.ts";
import type { ChoiceTrouble } from "./choices.tsx";
import { pastedConnections } from "./pasted_ids.ts";

/** Which connections a form of `choices.tsx` chose, or what is wrong with it. */
export type Chosen<Status> =
  | { readonly by: "status"; readonly status: Status }
  | { readonly by: "company"; readonly companyId: string }
  | { readonly by: "ids"; readonly targets: readonly JobTarget[] }
  | { readonly by: "nothing"; readonly trouble: ChoiceTrouble };

/**
 * Reads `form`; its status is one that `statuses` takes.
 *
 * @throws {ProblemError} 422 for a form that no page of ours sends.
 */
export async function chosenIn<Status>(
  form: URLSearchParams,
  statuses: v.GenericSchema<Status>,
): Promise<Chosen<Status>> {
  const text = form.get(form.get("what") ?? "") ?? "";
  switch (form.get("what")) {
    case "status":
      if (!v.is(statuses, text)) break;
      return { by: "status", status: text };
    case "company": {
      const companyId = text.trim();
      return v.is(connectionParams, { kind: "company", id: companyId })
        ? { by: "company", companyId }
        : { by: "nothing", trouble: { kind: "company", text } };
    }
    case "ids": {
      const pasted = await pastedConnections(text);
      const isGood = pasted.targets.length > 0 && (pasted.bad.length === 0 || form.has("skip"));
      return isGood
        ? { by: "ids", targets: pasted.targets }
        : { by: "nothing", trouble: { kind: "ids", text, pasted } };
    }
  }
  throw new ProblemError({ status: 422, code: "invalid_input", detail: "The form is not complete." });
}
