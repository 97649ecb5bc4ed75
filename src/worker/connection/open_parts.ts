import { keyOf, targetOf } from "../../connections/host.ts";
import { type ConnectionTarget, HighLevelError } from "../../oauth/mod.ts";
import { KeyValues } from "../durable/key_values.ts";
import type { ObjectSql } from "../durable/object_sql.ts";
import type { Schedule } from "../durable/schedule.ts";
import { retryDelayMs } from "../durable/retry_delay.ts";
import { logError } from "../log.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import { happened } from "./happened.ts";
import { History } from "./history.ts";
import { KnownLocations } from "./known_locations.ts";
import { ObjectFacts } from "./object_facts.ts";
import type { ObjectParts, ValueName } from "./object_parts.ts";
import { openObject } from "./open_object.ts";
import type { ScheduledWork } from "./scheduled_work.ts";
import { tellRefusal } from "./tell_directory.ts";

/** After a write the object looks at what follows within this, ms, also where it dies before it gets to it. */
const LOOK_WITHIN_MS = 5_000;
/** That SQLite takes no writes is told once in this time by an object, ms. */
const REFUSAL_PAUSE_MS = 3_600_000;

/** What {@linkcode openParts} is given by the object. */
export interface PartsHost {
  readonly ctx: DurableObjectState;
  readonly app: ReconnectApp;
  readonly sql: ObjectSql;
  readonly schedule: Schedule<ScheduledWork>;
  readonly redirectGraceMs: number;
}

/** Puts an object's parts together; sends and writes nothing. */
export function openParts({ ctx, app, sql, schedule, redirectGraceMs }: PartsHost): ObjectParts {
  const values = new KeyValues<ValueName>(sql);
  const target = targetBy(ctx.id.name, app.id, values);
  const key = keyOf(`${app.id}/`, target);
  const isChanged = { now: false };
  const background = (work: Promise<unknown>): void =>
    ctx.waitUntil(work.catch((error: unknown) => logError(error, { object: key, outcome: "retried" })));
  let refusalToldAt = -Infinity;

  const opened = openObject(app, {
    sql,
    isSuspended: () => parts.facts.installation.suspended !== undefined,
    onWrite: async () => {
      isChanged.now = true;
      values.set("target", JSON.stringify(target));
      await schedule.armNoLater(Date.now() + LOOK_WITHIN_MS);
    },
    onRefused: (summary) => {
      const now = Date.now();
      isChanged.now = true;
      if (now - refusalToldAt < REFUSAL_PAUSE_MS) return;
      refusalToldAt = now;
      logError(new HighLevelError("store_failed", "The object's SQLite takes no writes."), {
        object: key,
        outcome: "retried",
      });
      background(tellRefusal(parts, summary));
    },
    onCopied: async (isWhole) => {
      if (isWhole) schedule.clear("copy");
      else if (!schedule.get("copy")) await schedule.set("copy", Date.now() + retryDelayMs(0));
      if (!isChanged.now) await schedule.arm();
    },
    onEvent: (event) => {
      // A refresh that was under way when somebody asked is nobody's.
      const actor = event.type === "refreshed" ? undefined : parts.asking.actor;
      background(happened(parts, { kind: "core", event, actor }));
    },
    onMinted: (companyId) =>
      background(happened(parts, { kind: "agency_knows", companyId, uninstalledAt: 0 })),
  });
  const parts: ObjectParts = {
    ...opened,
    app,
    target,
    key,
    storage: ctx.storage,
    sql,
    schedule,
    values,
    facts: new ObjectFacts(values),
    history: new History(sql),
    locations: new KnownLocations(sql),
    redirectGraceMs,
    record: () => opened.read(key),
    background,
    arrival: { ended: undefined },
    asking: { actor: undefined },
    isChanged,
  };
  return parts;
}

/** The connection by the object's name; by what is kept, where it was reached by its id alone. */
function targetBy(
  name: string | undefined,
  appId: string,
  values: KeyValues<ValueName>,
): ConnectionTarget {
  const kept = values.get("target");
  const target = name === undefined
    ? kept === undefined ? undefined : JSON.parse(kept)
    : targetOf(`${appId}/`, name) ?? targetOf("", name);
  if (target === undefined) throw new Error("A connection's object is reached by its name first.");
  return target;
}
