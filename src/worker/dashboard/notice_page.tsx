/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { PageParts, View } from "./view.ts";

/** A page that says one thing: an error, or that nothing is there. */
export function noticePage(
  { words, base }: View,
  { title, lead, action }: { title: string; lead: string; action?: Child },
): PageParts {
  return {
    title,
    body: (
      <div class="narrow">
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {action}
        <p>
          <a href={base || "/"}>{words.back}</a>
        </p>
      </div>
    ),
  };
}
