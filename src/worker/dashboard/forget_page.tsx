/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { connectionPath } from "./connection_path.ts";
import { fill } from "./fill.ts";
import { idOf } from "./id_of.ts";
import type { PageParts, View } from "./view.ts";

/** Asks before a connection is forgotten. */
export function forgetPage(
  view: View,
  { target, name }: { target: ConnectionTarget; name: string | undefined },
): PageParts {
  const { words, base } = view;
  const path = connectionPath(base, target);
  const title = fill(view, words.forgetTitle, { who: name ?? idOf({ target }) });
  return {
    title,
    section: "overview",
    body: (
      <div class="narrow">
        <h1>{title}</h1>
        <p class="lead">{words.forgetLead}</p>
        <form method="post" action={`${path}/forget`} class="row">
          <button type="submit" class="danger">{words.forgetYes}</button>
          <a class="button" href={path}>{words.cancel}</a>
        </form>
      </div>
    ),
  };
}
