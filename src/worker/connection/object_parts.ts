import type { ConnectionRecord } from "../../connections/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { KeyValues } from "../durable/key_values.ts";
import type { ObjectSql } from "../durable/object_sql.ts";
import type { Schedule } from "../durable/schedule.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { History } from "./history.ts";
import type { KnownLocations } from "./known_locations.ts";
import type { ObjectFacts } from "./object_facts.ts";
import type { OpenObject } from "./open_object.ts";
import type { ScheduledWork } from "./scheduled_work.ts";

/** Names of the values that a connection's object keeps. */
export type ValueName =
  /** Which connection, for calls that reach the object without its name. */
  | "target"
  /** What is known of the installation. */
  | "installation"
  /** Which alerts were told. */
  | "alerts"
  /** What the directory was told, and is to be told. */
  | "report"
  /** The bulk recovery that an agency's last authorisation has begun. */
  | "agencyJob"
  /** Events that are still to be put on their queue. */
  | "events"
  /** When a token was last replaced because a caller said that it was refused, ms. */
  | "healedAt";

/** What the parts of a connection's object work with. */
export interface ObjectParts extends Omit<OpenObject, "read"> {
  /** The app whose connection this is. */
  readonly app: ReconnectApp;
  /** The connection. */
  readonly target: ConnectionTarget;
  /** Where its record is kept, here and in KV; also the object's name. */
  readonly key: string;
  readonly storage: DurableObjectStorage;
  readonly sql: ObjectSql;
  readonly schedule: Schedule<ScheduledWork>;
  readonly values: KeyValues<ValueName>;
  readonly facts: ObjectFacts;
  readonly history: History;
  readonly locations: KnownLocations;
  /** How long an installation known by webhook only waits for its redirect before the ladder is climbed, ms. */
  readonly redirectGraceMs: number;
  /** The record as it is held here, tombstones included. */
  readonly record: () => Promise<ConnectionRecord | undefined>;
  /** Keeps work alive beyond an answer. */
  readonly background: (work: Promise<unknown>) => void;
  /** The question to the first edition's object, asked once by an instance that holds nothing. */
  readonly arrival: { ended: Promise<void> | undefined };
  /** Who asked for the recovery that is under way. */
  readonly asking: { actor: string | undefined };
  /** Whether something has changed since what comes next was planned. */
  readonly isChanged: { now: boolean };
}
