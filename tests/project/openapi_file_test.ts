import assert from "node:assert/strict";
import document from "../../src/worker/assets/openapi.json" with { type: "json" };
import { routes } from "../../src/worker/create_app.ts";
import { openApiDocument } from "../../tasks/openapi_document.ts";

Deno.test("the OpenAPI file is what the routes give; `deno task openapi` writes it", () => {
  assert.deepEqual(document, JSON.parse(JSON.stringify(openApiDocument(routes))));
});
