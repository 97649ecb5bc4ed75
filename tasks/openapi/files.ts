import { routes } from "../../src/worker/create_app.ts";
import { openApiDocument } from "./document.ts";
import { apiPage } from "./page.tsx";
import { PAGE_WORDS } from "./page_words.ts";

/** The static files that describe the API, by their names. */
export function apiFiles(): ReadonlyMap<string, string> {
  const text = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
  const document = JSON.parse(text);
  return new Map([
    ["openapi.json", text],
    ...Object.values(PAGE_WORDS).map((words) =>
      [`api.${words.code}.html`, apiPage(document, words)] as const
    ),
  ]);
}
