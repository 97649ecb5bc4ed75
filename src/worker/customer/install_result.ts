import * as v from "valibot";
import type { Context } from "hono";
import { type AppTypes, noInput, type RequestScope, type Route, route } from "../http/route.ts";
import { openText, sealText } from "../http/sealed_text.ts";
import { customerPage, type PagePlace } from "./customer_page.tsx";
import type { InstallResult } from "./page_of.ts";

/** What results are sealed for; the number grows with their form. */
const PURPOSE = "install result 2";

/** The page at the end of an installation. It stands in its address, sealed: it can be opened again, and stores nothing. */
export const installResultRoute: Route = route({
  ...noInput,
  method: "get",
  path: "/oauth/result/:sealed",
  access: "none",
  params: v.object({ sealed: v.pipe(v.string(), v.regex(/^[\w-]{1,4096}$/, "must be a sealed result")) }),
  handle: async (context, { params }) => {
    const json = await openText(context.get("scope").settings.sealingKeys, PURPOSE, params.sealed);
    const result: InstallResult | undefined = json === undefined ? undefined : JSON.parse(json);
    return await customerPage(placeOf(context), result ?? { kind: "altered" });
  },
});

/** The address of the page that tells `result`. */
export async function resultPath(
  { settings, base }: Pick<RequestScope, "settings" | "base">,
  result: InstallResult,
): Promise<string> {
  return `${base}/oauth/result/${await sealText(settings.sealingKeys, PURPOSE, JSON.stringify(result))}`;
}

/** Where the pages of a request are shown. */
export function placeOf(context: Context<AppTypes>): PagePlace {
  const { base, settings } = context.get("scope");
  return { base, pages: settings.pages, request: context.req.raw };
}
