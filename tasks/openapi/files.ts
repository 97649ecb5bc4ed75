import { routes } from "../../src/worker/create_app.ts";
import { openApiDocument } from "./document.ts";
import { apiPage } from "./page.tsx";

/** The static files that describe the API, by their names. */
export function apiFiles(): ReadonlyMap<string, string> {
  const text = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
  return new Map([["openapi.json", text], ["api.html", apiPage(JSON.parse(text))]]);
}
