/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { assetFile } from "../http/asset_file.ts";
import type { AppTypes } from "../http/route.ts";
import { sessionOf } from "../http/session.ts";
import { showPage, viewOf } from "./show_page.tsx";

/** The API described for people: a static file in the frame of the dashboard. */
export async function docsPage(context: Context<AppTypes>): Promise<Response> {
  const view = await viewOf(context, (await sessionOf(context))?.actor);
  const html = await (await assetFile(context.get("scope").env, "api.html")).text();
  const body = (
    <div lang="en" class="stack">
      <div dangerouslySetInnerHTML={{ __html: html }} />
      <p>
        For programs: <a href={`${view.base}/openapi.json`}>openapi.json</a>.
      </p>
    </div>
  );
  return await showPage(context, view, { title: "API", section: "api", body });
}
