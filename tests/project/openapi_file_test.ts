import assert from "node:assert/strict";
import document from "../../src/worker/assets/openapi.json" with { type: "json" };
import { routes } from "../../src/worker/create_app.ts";
import { openApiDocument } from "../../tasks/openapi/document.ts";
import { routeNotes } from "../../tasks/openapi/route_notes.ts";

Deno.test("the OpenAPI file is what the routes give; `deno task openapi` writes it", () => {
  assert.deepEqual(document, JSON.parse(JSON.stringify(openApiDocument(routes))));
});

Deno.test("every route but the dashboard's pages is described, and nothing else is", () => {
  const described = routes.filter(({ access }) => access !== "session").map(({ method, path }) =>
    `${method} ${path}`
  );
  assert.deepEqual(Object.keys(routeNotes).sort(), described.sort());
});
