import { html } from "hono/html";
import { openApiDocument } from "../http/openapi.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import * as v from "valibot";

/** The API described: for programs, and for people. Takes the routes as they are known when it is asked. */
export function docsRoutes(routes: () => readonly Route[]): readonly Route[] {
  return [
    route({
      ...noInput,
      method: "get",
      path: "/openapi.json",
      access: "viewer",
      summary: "This API as an OpenAPI 3.1 document",
      answers: { 200: { description: "The document", schema: v.looseObject({ openapi: v.string() }) } },
      handle: (context) => noStoreJson(openApiDocument(routes(), context.get("scope").base)),
    }),
    route({
      ...noInput,
      method: "get",
      path: "/docs",
      access: "viewer",
      summary: "This API for people",
      answers: { 200: { description: "A page", contentType: "text/html" } },
      handle: async (context) => {
        const rows = routes().filter(({ summary }) => summary !== undefined).map((
          { method, path, access, summary, answers },
        ) =>
          html`
            <tr>
              <td><code>${method === "all" ? "ANY" : method.toUpperCase()}</code></td>
              <td><code>${path.replace(/\{[^}]*\}/g, "")}</code></td>
              <td>${access}</td>
              <td>${summary}</td>
              <td>${Object.entries(answers).map(([status, { description }]) => `${status} ${description}`)
                .join("; ")}</td>
            </tr>
          `
        );
        const document = await html`
          <!doctype html>
          <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>highlevel-reconnect API</title>
            </head>
            <body>
              <main>
                <h1>highlevel-reconnect API</h1>
                <p>Send a key as <code>Authorization: Bearer &lt;key&gt;</code>. Errors are problem details (RFC 9457) with a <code>code</code>
          and HighLevel's <code>traceId</code>. The machine-readable form is <a href="openapi.json">openapi.json</a>.</p>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Method</th>
                      <th scope="col">Path</th>
                      <th scope="col">Key</th>
                      <th scope="col">What it does</th>
                      <th scope="col">Answers</th>
                    </tr>
                  </thead>
                  <tbody>${rows}</tbody>
                </table>
              </main>
            </body>
          </html>
        `;
        return new Response(String(document), {
          headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
        });
      },
    }),
  ];
}
