import assert from "node:assert/strict";
import { routes } from "../../src/worker/create_app.ts";
import { apiFiles } from "../../tasks/openapi/files.ts";
import { KOREAN } from "../../tasks/openapi/korean.ts";
import { ERRORS } from "../../tasks/openapi/page_words.ts";
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

Deno.test("all that the document says of routes is said in Korean too, and nothing that it does not say", () => {
  const document = JSON.parse(apiFiles().get("openapi.json") ?? "");
  const said = new Set<string>(ERRORS.map(([, , when]) => when));
  for (const operations of Object.values<object>(document.paths)) {
    for (const { summary, parameters = [], requestBody = {}, responses } of Object.values(operations)) {
      said.add(summary);
      for (const text of descriptionsIn([parameters, requestBody])) said.add(text);
      for (const { description } of Object.values<{ description: string }>(responses)) said.add(description);
    }
  }
  assert.deepEqual(Object.keys(KOREAN).sort(), [...said].sort());
});

Deno.test("no example of the API's page spells out a secret", () => {
  for (const code of ["en", "ko"]) {
    const page = apiFiles().get(`api.${code}.html`) ?? "";
    assert.ok(page.includes("$KEY"));
    for (
      const [, field = "", value] of page.matchAll(
        /&quot;(\w*token|code|access_token)&quot;: &quot;([^&]*)&quot;/gi,
      )
    ) {
      if (!/type$/i.test(field)) {
        assert.ok(value === "…" || /^[a-z_]+$/.test(value ?? ""), `${field}: ${value}`);
      }
    }
  }
});

function descriptionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(descriptionsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "description" && typeof inner === "string" ? [inner] : descriptionsIn(inner)
  );
}
