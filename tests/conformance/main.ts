// Where a runtime runs TypeScript files: prints the results as one line of JSON.
import { runConformance } from "./suite.ts";

console.log(JSON.stringify(await runConformance()));
