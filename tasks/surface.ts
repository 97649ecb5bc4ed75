/**
 * `deno task surface`: writes what every door of deno.json shows to docs/surface.txt; with `--check` it says whether the
 * file is as the source has it. What people call changes in sight of a review, or not at all.
 */
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { surfaceOf } from "./doors/surface.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FILE = `${ROOT}docs/surface.txt`;

const parts: string[] = [];
for (const [door, file] of Object.entries(config.exports)) {
  parts.push([`# ${door}`, ...await surfaceOf(file, ROOT)].join("\n"));
}
const text = `${parts.join("\n\n")}\n`;
if (Deno.args.includes("--check")) {
  if (await Deno.readTextFile(FILE) === text) Deno.exit(0);
  console.error("docs/surface.txt is not what the doors show: deno task surface writes it");
  Deno.exit(1);
}
await Deno.writeTextFile(FILE, text);
