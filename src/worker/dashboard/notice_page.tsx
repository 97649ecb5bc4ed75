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

/** What went wrong, what one can do, and the request's id for whoever looks it up in the log. */
export function troubleNotice(
  view: View,
  { title, lead, requestId }: { title: string; lead: string; requestId: string },
): PageParts {
  const action = (
    <p class="quiet-text">
      {view.words.requestId}: <code>{requestId}</code>
    </p>
  );
  return noticePage(view, { title, lead, action });
}

/**
 * Opens the page again from this origin. A browser that followed a link from elsewhere, such as an alert in a chat,
 * leaves out a SameSite=Strict cookie, also where it has one.
 */
export function arrivalPage({ words, path }: View): PageParts {
  return {
    title: words.goOn,
    arrives: true,
    body: (
      <p class="narrow">
        <a href={path}>{words.goOn}</a>
      </p>
    ),
  };
}
