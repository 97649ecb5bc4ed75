/**
 * `deno task openapi`: writes the worker's OpenAPI document, so that the worker need not carry what makes it. With
 * `--check` it only says whether the file is what the routes give.
 */
import { routes } from "../src/worker/create_app.ts";
import { openApiDocument } from "./openapi/document.ts";

const FILE = new URL("../src/worker/assets/openapi.json", import.meta.url);

const text = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
if (!Deno.args.includes("--check")) {
  await Deno.writeTextFile(FILE, text);
} else if (await Deno.readTextFile(FILE) !== text) {
  console.error("src/worker/assets/openapi.json is not what the routes give: run `deno task openapi`.");
  Deno.exit(1);
}
