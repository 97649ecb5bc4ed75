import * as v from "valibot";
import { ProblemError } from "../http/problem.ts";
import { connectionParams } from "../http/schemas.ts";
import type { KindAndId } from "../kind_and_id.ts";
import type { ChoiceTrouble } from "./choices.tsx";
import { pastedConnections } from "./pasted_ids.ts";

/** The connections that somebody chose, or what is wrong with the form. */
export type ReadChoice<Status extends string> =
  | { readonly what: "status"; readonly status: Status }
  | { readonly what: "company"; readonly companyId: string }
  | { readonly what: "ids"; readonly targets: readonly KindAndId[] }
  | { readonly what: "trouble"; readonly trouble: ChoiceTrouble };

/** Reads the choice that `form` sends; a status is one of `statuses`. */
export async function readChoice<Status extends string>(
  form: URLSearchParams,
  statuses: v.GenericSchema<Status>,
): Promise<ReadChoice<Status>> {
  const text = form.get(form.get("what") ?? "") ?? "";
  switch (form.get("what")) {
    case "status":
      if (!v.is(statuses, text)) break;
      return { what: "status", status: text };
    case "company": {
      const companyId = text.trim();
      return v.is(connectionParams, { kind: "company", id: companyId })
        ? { what: "company", companyId }
        : { what: "trouble", trouble: { kind: "company", text } };
    }
    case "ids": {
      const pasted = await pastedConnections(text);
      const isGood = pasted.targets.length > 0 && (pasted.bad.length === 0 || form.has("skip"));
      return isGood
        ? { what: "ids", targets: pasted.targets }
        : { what: "trouble", trouble: { kind: "ids", text, pasted } };
    }
  }
  throw invalidForm();
}

/** What is thrown of a form that this dashboard does not send. */
export function invalidForm(): Error {
  return new ProblemError({ status: 422, code: "invalid_input", detail: "The form is not complete." });
}
