// One section in a process of its own, so that no section's heap or code weighs on another: `run_section.ts <name>`.
import { sections } from "./sections.ts";

const [name = ""] = Deno.args;
const run = sections[name];
if (!run) throw new Error(`There is no section ${name}: ${Object.keys(sections).join(", ")}`);
console.log(JSON.stringify(await run()));
Deno.exit(0); // what a peer keeps running does not count
