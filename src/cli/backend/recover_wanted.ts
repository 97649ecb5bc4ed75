import type { ConnectionDetails } from "../../connections/options.ts";
import { recoverAll } from "../../connections/recover_all.ts";
import type { Recovery } from "../../connections/recovery.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { RecoverOptions, Wanted } from "./backend.ts";

/** Recovers each of `wanted` by `recover`, which is told what is known of it; results in order of completion. */
export function recoverWanted(
  wanted: AsyncIterable<Wanted>,
  recover: (target: ConnectionTarget, details: ConnectionDetails) => Promise<Recovery>,
  options: RecoverOptions,
): AsyncGenerator<Recovery, void, undefined> {
  const known = new WeakMap<ConnectionTarget, ConnectionDetails>();
  async function* targets(): AsyncGenerator<ConnectionTarget, void, undefined> {
    for await (const { target, details } of wanted) {
      if (details) known.set(target, details);
      yield target;
    }
  }
  return recoverAll((target) => recover(target, known.get(target) ?? {}), targets(), options);
}
