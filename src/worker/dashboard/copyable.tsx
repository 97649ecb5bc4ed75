/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { fill } from "./fill.ts";
import type { View } from "./view.ts";

/** A text to copy whole: a button where there is script, selectable everywhere. */
export function Copyable(
  { view, text, what, long = false }: { view: View; text: string; what: string; long?: boolean },
): JSX.Element {
  const { words } = view;
  return (
    <span class={long ? "copyable long" : "copyable"}>
      <code>{text}</code>
      <button
        type="button"
        class="copy"
        hidden
        data-copy={text}
        data-copied={words.copied}
        aria-label={fill(view, words.copyWhat, { what })}
      >
        {words.copy}
      </button>
    </span>
  );
}
