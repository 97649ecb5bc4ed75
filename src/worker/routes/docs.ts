import { docsPage } from "../dashboard/docs_page.tsx";
import { assetFile } from "../http/asset_file.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";

/** The API described: for programs, and for people. Takes the routes as they are known when it is asked. */
export function docsRoutes(routes: () => readonly Route[]): readonly Route[] {
  return [
    route({
      ...noInput,
      method: "get",
      path: "/openapi.json",
      access: "viewer",
      summary: "This API as an OpenAPI 3.1 document",
      answers: { 200: { description: "The document", schema: "openApi" } },
      handle: async (context) => {
        const { env, base } = context.get("scope");
        const document: object = await (await assetFile(env, "openapi.json")).json();
        return noStoreJson({ ...document, servers: [{ url: base || "/" }] });
      },
    }),
    route({
      ...noInput,
      method: "get",
      path: "/docs",
      access: "viewer",
      summary: "This API for people",
      answers: { 200: { description: "A page", contentType: "text/html" } },
      handle: (context) => docsPage(context, routes()),
    }),
  ];
}
