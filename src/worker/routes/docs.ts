import { type ApiDocument, docsPage } from "../dashboard/docs_page.tsx";
import { assetFile } from "../http/asset_file.ts";
import { noInput, noStoreJson, type RequestScope, type Route, route } from "../http/route.ts";

/** The API described: for programs, and for people. */
export const docsRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/openapi.json",
    access: "viewer",
    handle: async (context) => {
      const scope = context.get("scope");
      return noStoreJson({ ...await documentOf(scope), servers: [{ url: scope.base || "/" }] });
    },
  }),
  route({
    ...noInput,
    method: "get",
    path: "/docs",
    access: "viewer",
    handle: async (context) => await docsPage(context, await documentOf(context.get("scope"))),
  }),
];

async function documentOf({ env }: RequestScope): Promise<ApiDocument> {
  return await (await assetFile(env, "openapi.json")).json();
}
