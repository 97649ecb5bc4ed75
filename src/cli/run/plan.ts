import type { RecoveryPlan } from "../../connections/plan_all.ts";
import type { Output } from "../terminal/output.ts";
import { keyOf } from "../terminal/texts.ts";

const WAYS = ["refresh", "reconnect", "agency", "person"] as const satisfies RecoveryPlan["startsWith"][];

/** Shows where each recovery would start: in counts for people, one by one with `json`. */
export async function showPlan(plan: AsyncIterable<RecoveryPlan>, output: Output): Promise<void> {
  const { number, run } = output.words;
  const counts = { refresh: 0, reconnect: 0, agency: 0, person: 0 };
  const seen = new Set<string>();
  for await (const { target, startsWith } of plan) {
    const name = keyOf(target);
    if (seen.has(name)) continue;
    seen.add(name);
    counts[startsWith]++;
    output.emit({ type: "plan", target, startsWith });
  }
  output.print(run.plan(seen.size));
  for (const way of WAYS) output.print(`  ${number(counts[way]).padStart(7)}  ${run.planWays[way]}`);
  output.print(run.nothingSent);
  output.emit({ type: "summary", total: seen.size, ...counts });
}
