/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { assetFile } from "../http/asset_file.ts";
import type { AppTypes } from "../http/route.ts";
import { sessionOf } from "../http/session.ts";
import { showPage, viewOf } from "./show_page.tsx";

/** The API described for people: a static file of the reader's language in the frame of the dashboard, with forms for who is signed in. */
export async function docsPage(context: Context<AppTypes>): Promise<Response> {
  const view = await viewOf(context, (await sessionOf(context))?.actor);
  const { words, base, role, isReadOnly } = view;
  const html = await (await assetFile(context.get("scope").env, `api.${words.code}.html`)).text();
  const body = (
    <>
      <div
        id="api"
        class="stack"
        data-base={base}
        data-role={role}
        data-read-only={isReadOnly ? "" : undefined}
        dangerouslySetInnerHTML={{ __html: html }}
      />
      <p>
        <a href={`${base}/openapi.json`}>openapi.json</a>
      </p>
      <script src={`${base}/ui/api.js`} defer></script>
    </>
  );
  return await showPage(context, view, { title: words.api, section: "api", body });
}
