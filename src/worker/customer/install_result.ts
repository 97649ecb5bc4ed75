import * as v from "valibot";
import type { Context } from "hono";
import { type AppTypes, noInput, type RequestScope, type Route, route } from "../http/route.ts";
import { openText, sealText } from "../http/sealed_text.ts";
import { customerPage, type PagePlace } from "./customer_page.tsx";
import type { InstallResult } from "./page_of.ts";

/** What an app's results are sealed for; the number grows with their form. */
const purposeOf = ({ id }: Pick<RequestScope, "id">): string => `install result 3 ${id}`;

/** The page at the end of an installation. It stands in its address, sealed: it can be opened again, and stores nothing. */
export const installResultRoute: Route = route({
  ...noInput,
  method: "get",
  path: "/oauth/result/:sealed",
  access: "none",
  params: v.object({ sealed: v.pipe(v.string(), v.regex(/^[\w-]{1,4096}$/, "must be a sealed result")) }),
  handle: async (context, { params }) => {
    const scope = context.get("scope");
    const json = await openText(scope.settings.sealingKeys, purposeOf(scope), params.sealed);
    const result: InstallResult | undefined = json === undefined ? undefined : JSON.parse(json);
    return await customerPage(placeOf(context), result ?? { kind: "altered" });
  },
});

/** The address of the page that tells `result`. */
export async function resultPath(
  scope: Pick<RequestScope, "id" | "settings" | "base">,
  result: InstallResult,
): Promise<string> {
  const sealed = await sealText(scope.settings.sealingKeys, purposeOf(scope), JSON.stringify(result));
  return `${scope.base}/oauth/result/${sealed}`;
}

/** Where the pages of a request are shown. */
export function placeOf(context: Context<AppTypes>): PagePlace {
  const { base, settings } = context.get("scope");
  return { base, pages: settings.pages, request: context.req.raw };
}
