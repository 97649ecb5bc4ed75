/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { ownPath } from "../http/session.ts";
import type { PageParts, View } from "./view.ts";

/** What the sign-in page has to say. */
export type SignInNote = "wrongKey" | "tooManyKeys" | "signedOut" | "sessionEnded" | undefined;

/** Where a browser signs in and then goes on to `next`. */
export function signInPath(base: string, next: string): string {
  return `${base || "/"}?next=${encodeURIComponent(next)}`;
}

/** Asks for a key. */
export function signInPage(
  view: View,
  { note, next }: { note?: SignInNote; next?: string | undefined },
): PageParts {
  const { words, base } = view;
  const isTrouble = note === "wrongKey" || note === "tooManyKeys";
  return {
    title: words.signIn,
    body: (
      <div class="narrow">
        <h1>{words.signIn}</h1>
        <p class="lead">{words.signInLead}</p>
        {note && (
          <p class={isTrouble ? "note bad" : "note"} role={isTrouble ? "alert" : "status"} id="note">
            {words[note]}
          </p>
        )}
        <form method="post" action={`${base}/ui/sign-in`} class="panel stack">
          <input type="hidden" name="next" value={ownPath(base, next)} />
          <label for="key">{words.key}</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            required
            autofocus
            spellcheck={false}
            aria-describedby={isTrouble ? "note hint" : "hint"}
            aria-invalid={isTrouble ? "true" : undefined}
          />
          <p class="hint" id="hint">{words.keyHint}</p>
          <button type="submit" class="primary">{words.signIn}</button>
        </form>
      </div>
    ),
  };
}
