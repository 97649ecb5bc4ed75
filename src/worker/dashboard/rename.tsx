/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { NAME_LENGTH } from "../connection/short_name.ts";
import { connectionPath } from "./connection_path.ts";
import type { View } from "./view.ts";

/** Gives the connection a name. */
export function Rename(
  { view, target, name }: { view: View; target: ConnectionTarget; name: string | undefined },
): JSX.Element {
  const { words, base } = view;
  return (
    <form
      method="post"
      action={`${connectionPath(base, target)}/name`}
      class="stack"
      data-busy={words.working}
    >
      <label for="name">{words.name}</label>
      <div class="row">
        <input
          id="name"
          name="name"
          value={name}
          maxlength={NAME_LENGTH}
          autocomplete="off"
          aria-describedby="name-hint"
        />
        <button type="submit">{words.keepName}</button>
      </div>
      <p class="hint" id="name-hint">{words.nameHint}</p>
    </form>
  );
}
