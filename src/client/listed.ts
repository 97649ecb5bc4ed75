import type { Connection } from "../connections/connection.ts";
import { defined } from "../oauth/defined.ts";
import { isObject, moment } from "../oauth/fields.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import type { ConnectionStatus } from "../stores/status.ts";
import { connectionIn, listIn, oneOf, partOf, targetIn } from "./answers.ts";
import { linkOf, textOf } from "./texts.ts";

/** A connection as a worker's lists tell it. They tell no time of its token: `get` does. */
export interface ListedConnection extends Omit<Connection, "expiresAt" | "refreshTokenIssuedAt" | "trouble"> {
  /** Since when it stands where it stands. */
  readonly since: Date;
  /** Why it is not connected: an error's code, and after a slash its reason. */
  readonly cause?: string;
  /** HighLevel's trace id of that trouble. */
  readonly traceId?: string;
  /** Whether its name was given by hand or with an import; absent where nobody knows. */
  readonly isNameGiven?: boolean;
  /** When a link of it was last made for somebody. */
  readonly linkMadeAt?: Date;
  /** When somebody last went on from a link of it to HighLevel. */
  readonly linkOpenedAt?: Date;
  /** When it last got tokens in another way than by a plain refresh. */
  readonly returnedAt?: Date;
  /** Who brought them: a person, its agency, or nobody. */
  readonly returnedBy?: "person" | "agency" | "itself";
}

/** Which connections {@linkcode WorkerClient.list} gives, and in which order. */
export interface ListOptions {
  /** Where they stand. */
  readonly status?: ConnectionStatus;
  /** Of which kind. */
  readonly kind?: "location" | "company";
  /** Locations of this agency. */
  readonly companyId?: string;
  /** Why they are lost: an error's code, or code and reason with a slash between. */
  readonly cause?: string;
  /** A part of a name, or an id. */
  readonly q?: string;
  /**
   * In which order.
   * @default {"known"}
   */
  readonly order?: "known" | "status" | "name" | "since";
  /** Ends the listing with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A connection with what happened to it, as {@linkcode WorkerClient.get} gives it. */
export interface DescribedConnection extends Connection {
  /** When the worker refreshes or heals it by itself next. */
  readonly nextAt?: Date;
  /** That a person suspended it. */
  readonly suspended?: Suspension;
  /** The last 50 events, newest first. */
  readonly history: readonly HistoryEntry[];
}

/** That a person suspended a connection: until it is resumed its token is handed out to nobody. */
export interface Suspension {
  /** Since when. */
  readonly at: Date;
  /** Who: the name or role of a key. */
  readonly by?: string;
  /** Why, in the person's words. */
  readonly reason?: string;
  /** When the refresh token that is held ends unused; absent where none is held that may work. */
  readonly refreshTokenEndsAt?: Date;
}

/** What happened to a connection once. */
export interface HistoryEntry {
  /** What: an event of `Connections`, or `saved`, `installed`, `uninstalled`, `forgotten`, `suspended`, `suspension_ended`. */
  readonly type: string;
  /** When. */
  readonly at: Date;
  /** The way that worked. */
  readonly by?: string;
  /** Why it did not work: an error's code. */
  readonly code?: string;
  /** In words. */
  readonly message?: string;
  /** HighLevel's trace id. */
  readonly traceId?: string;
  /** How long it took, ms. */
  readonly ms?: number;
  /** Who did it: the name or role of a key, or `host`. */
  readonly actor?: string;
}

/** An agency of a plan, which brings back locations of its own. */
export interface PlannedAgency {
  /** Always `"agency"`. */
  readonly kind: "agency";
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Its name, where one is known. */
  readonly name?: string;
  /** `"lost"`: a person authorises the app for it once. `"connected"`: its locations come back without anybody. */
  readonly state: "connected" | "lost";
  /** How many lost locations come back with it. */
  readonly locations: number;
  /** Where a person authorises; for a key of the role `admin`, where `state` is `"lost"`. */
  readonly url?: string;
}

/** A location of a plan, which only a person of its own brings back. */
export interface PlannedLocation {
  /** Always `"location"`. */
  readonly kind: "location";
  /** Which connection. */
  readonly target: ConnectionTarget;
  /** Its name, where one is known. */
  readonly name?: string;
  /** Its agency, where one is known. */
  readonly companyId?: string;
  /** The agency's name, where one is known. */
  readonly agency?: string;
  /** Why it is lost: an error's code, and after a slash its reason. */
  readonly cause?: string;
  /** Since when. */
  readonly since?: Date;
  /** Where a person authorises; for a key of the role `admin`. */
  readonly url?: string;
}

/** A connection of a list. */
export function listedIn(value: unknown): ListedConnection {
  const { expiresAt: _, refreshTokenIssuedAt: __, trouble: ___, ...connection } = connectionIn(value);
  const field = partOf(value);
  return defined({
    ...connection,
    since: field.required("since", moment(field.value("since"))),
    cause: field.text("cause"),
    traceId: field.text("traceId"),
    isNameGiven: field.flag("isNameGiven"),
    linkMadeAt: moment(field.value("linkMadeAt")),
    linkOpenedAt: moment(field.value("linkOpenedAt")),
    returnedAt: moment(field.value("returnedAt")),
    returnedBy: oneOf(["person", "agency", "itself"] as const, field.value("returnedBy")),
  });
}

/** A connection with its history. */
export function describedIn(body: Readonly<Record<string, unknown>>): DescribedConnection {
  const history = listIn(body, "history").flatMap(entryIn);
  const suspended = suspensionIn(body.suspended);
  return defined({ ...connectionIn(body), nextAt: moment(body.nextAt), suspended, history });
}

function suspensionIn(value: unknown): Suspension | undefined {
  const at = isObject(value) ? moment(value.at) : undefined;
  if (!isObject(value) || at === undefined) return undefined;
  const refreshTokenEndsAt = moment(value.refreshTokenEndsAt);
  return defined({ at, by: textOf(value.by), reason: textOf(value.reason), refreshTokenEndsAt });
}

/** What a page of a plan has: agencies first. */
export function plannedIn(body: Readonly<Record<string, unknown>>): (PlannedAgency | PlannedLocation)[] {
  return [...listIn(body, "agencies").map(agencyIn), ...listIn(body, "alone").map(locationIn)];
}

function agencyIn(value: unknown): PlannedAgency {
  const field = partOf(value);
  const locations = field.value("locations");
  return defined({
    kind: "agency" as const,
    target: { companyId: field.string("companyId") },
    name: field.text("name"),
    state: field.required("state", oneOf(["connected", "lost"] as const, field.value("state"))),
    locations: typeof locations === "number" ? locations : 0,
    url: linkOf(field.value("url")),
  });
}

function locationIn(value: unknown): PlannedLocation {
  const field = partOf(value);
  return defined({
    kind: "location" as const,
    target: targetIn({ locationId: field.string("locationId") }),
    name: field.text("name"),
    companyId: field.text("companyId"),
    agency: field.text("agency"),
    cause: field.text("cause"),
    since: moment(field.value("since")),
    url: linkOf(field.value("url")),
  });
}

function entryIn(value: unknown): HistoryEntry[] {
  if (!isObject(value)) return [];
  const [type, at] = [textOf(value.type), moment(value.at)];
  if (type === undefined || at === undefined) return [];
  return [defined({
    type,
    at,
    by: textOf(value.by),
    code: textOf(value.code),
    message: textOf(value.message),
    traceId: textOf(value.traceId),
    ms: typeof value.ms === "number" ? value.ms : undefined,
    actor: textOf(value.actor),
  })];
}
