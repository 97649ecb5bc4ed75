/**
 * `deno task openapi`: writes the worker's OpenAPI document and its page for people, so that the worker need not carry
 * what makes them. With `--check` it only says whether the files are what the routes give.
 */
import { apiFiles } from "./openapi/files.ts";

for (const [name, text] of apiFiles()) {
  const file = new URL(`../src/worker/assets/${name}`, import.meta.url);
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(file, text);
  } else if (await Deno.readTextFile(file) !== text) {
    console.error(`src/worker/assets/${name} is not what the routes give: run \`deno task openapi\`.`);
    Deno.exit(1);
  }
}
