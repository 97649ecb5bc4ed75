// One round of keeping alive: what ends within two hours is refreshed, and what is broken and due is tried again. For cron, as often
// as you like and on as many machines:
//
//     0 * * * *  node --env-file=.env maintain.mjs
import { close, connections } from "./connections.mjs";

let failed = 0;
for await (const { target, outcome, error } of connections.maintain({ withinMs: 7_200_000 })) {
  console.log(target.locationId ?? target.companyId, outcome, error?.code ?? "");
  if (outcome !== "recovered") failed++;
}
await close();
process.exitCode = failed > 0 ? 1 : 0;
