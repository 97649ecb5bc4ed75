import type { ConnectionRecord } from "../../connections/host.ts";
import { defined } from "../../oauth/host.ts";
import { withChange } from "./directory_report.ts";
import { forgetConnection } from "./forget_connection.ts";
import { decide } from "./installation.ts";
import type { Effect, InstallationEvent } from "./installation_event.ts";
import type { ObjectParts } from "./object_parts.ts";
import { unlessCoded } from "./unless_coded.ts";

/**
 * Decides what follows from `event`, and does it. All that is written goes down before this first waits: it becomes durable
 * together with what was written just before, and nobody decides by what is old by then.
 */
export async function happened(
  parts: ObjectParts,
  event: InstallationEvent,
  record?: ConnectionRecord,
): Promise<void> {
  const { target, facts, isChanged } = parts;
  const before = facts.installation;
  const decision = decide({ target, facts: before, record }, event, Date.now());
  if (decision.facts !== before || decision.effects.length > 0) isChanged.now = true;
  facts.installation = decision.facts;
  await carryOut(parts, decision.effects);
}

/** {@linkcode happened}, with the record that is held now. */
export async function happens(parts: ObjectParts, event: InstallationEvent): Promise<void> {
  await happened(parts, event, await parts.record().catch(unlessCoded));
}

async function carryOut(parts: ObjectParts, effects: readonly Effect[]): Promise<void> {
  const { schedule, history, facts } = parts;
  const now = Date.now();
  const arming: Promise<void>[] = [];
  let forgets: "uninstalled" | undefined;
  for (const effect of effects) {
    switch (effect.do) {
      case "schedule":
        arming.push(schedule.set(effect.work, effect.at, effect.attempt));
        break;
      case "clear":
        schedule.clear(...effect.works);
        break;
      case "add_history":
        history.add(effect.entry);
        break;
      case "count":
        facts.report = withChange(facts.report, { type: effect.type, at: effect.at });
        break;
      case "alert": {
        const { alert: kind, code, traceId } = effect;
        facts.addAlert(defined({ kind, at: now, code, traceId }));
        break;
      }
      case "forget":
        forgets = effect.why;
        break;
    }
  }
  await Promise.all(arming);
  if (forgets) await forgetConnection(parts, forgets);
}
