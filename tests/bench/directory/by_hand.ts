/** The section `directory` for another number of rows: `deno run -A tests/bench/directory/by_hand.ts 1000000`. */
import { paintFor, tableOf } from "../print.ts";
import { directory } from "./directory.ts";

const [rows = "1000000"] = Deno.args;
console.log(tableOf(await directory(Number(rows)), paintFor(false)));
Deno.exit(0);
