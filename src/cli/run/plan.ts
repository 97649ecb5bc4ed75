import type { RecoveryPlan } from "../../connections/plan_all.ts";
import type { Output } from "../terminal/output.ts";
import { counted, grouped, nameOf } from "../terminal/words.ts";

type Way = RecoveryPlan["startsWith"];

const WAYS: readonly (readonly [Way, string])[] = [
  ["refresh", "by a refresh of the tokens held"],
  ["reconnect", "by HighLevel's Reconnect"],
  ["agency", "through their agency's token"],
  ["person", "by a person who authorises the app again"],
];

/** Shows where each recovery would start: in counts for people, one by one with `json`. */
export async function showPlan(plan: AsyncIterable<RecoveryPlan>, output: Output): Promise<void> {
  const counts: Record<Way, number> = { refresh: 0, reconnect: 0, agency: 0, person: 0 };
  const seen = new Set<string>();
  for await (const { target, startsWith } of plan) {
    const name = nameOf(target);
    if (seen.has(name)) continue;
    seen.add(name);
    counts[startsWith]++;
    output.emit({ type: "plan", target, startsWith });
  }
  output.print(
    `${counted(seen.size, "connection")} would be recovered, starting with the cheapest way open:`,
  );
  for (const [way, words] of WAYS) output.print(`  ${grouped(counts[way]).padStart(7)}  ${words}`);
  output.print("Nothing was sent to HighLevel.");
  output.emit({ type: "summary", total: seen.size, ...counts });
}
