import { docsPage } from "../dashboard/docs_page.tsx";
import { assetFile } from "../http/asset_file.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";

/** The API described: for programs, and for people. */
export const docsRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/openapi.json",
    access: "viewer",
    handle: async (context) => {
      const { env, base } = context.get("scope");
      const document: object = await (await assetFile(env, "openapi.json")).json();
      return noStoreJson({ ...document, servers: [{ url: base || "/" }] });
    },
  }),
  route({ ...noInput, method: "get", path: "/docs", access: "viewer", handle: docsPage }),
];
