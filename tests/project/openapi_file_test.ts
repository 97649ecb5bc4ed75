import assert from "node:assert/strict";
import { routes } from "../../src/worker/create_app.ts";
import { apiFiles } from "../../tasks/openapi/files.ts";
import { routeNotes } from "../../tasks/openapi/route_notes.ts";

Deno.test("the files that describe the API are what the routes give; `deno task openapi` writes them", async () => {
  for (const [name, text] of apiFiles()) {
    const file = new URL(`../../src/worker/assets/${name}`, import.meta.url);
    assert.equal(await Deno.readTextFile(file), text, name);
  }
});

Deno.test("every route but the dashboard's pages is described, and nothing else is", () => {
  const described = routes.filter(({ access }) => access !== "session").map(({ method, path }) =>
    `${method} ${path}`
  );
  assert.deepEqual(Object.keys(routeNotes).sort(), described.sort());
});
