import { appIdOf } from "../../oauth/host.ts";
import type { GivenSettings } from "./given_settings.ts";
import { isInside } from "./inside_address.ts";
import { namedKeysIn } from "./named_keys.ts";
import { partsOf } from "./parts_of.ts";
import { isLoopback } from "./setting_schemas.ts";

/** What the worker sends to, and where it leads customers. */
const SENT_TO = ["ALERT_WEBHOOK_URL", "EVENT_URLS"] as const;
const LED_TO = ["APP_LOGO_URL", "SUPPORT_URL", "AFTER_CONNECT_URL"] as const;
const ROLE_KEYS = ["ADMIN_KEY", "SERVICE_KEY", "VIEWER_KEY"] as const;

/** What is wrong with settings beside others, though each by itself could be right. */
export function dependencyProblems(given: GivenSettings): string[] {
  return [
    ...noAdmin(given),
    ...sameKeys(given),
    ...sameNames(given),
    ...sameApps(given),
    ...localEndpoints(given),
    ...unsignedEvents(given),
    ...eventsToItself(given),
  ];
}

/** Somebody must be able to do everything. */
function noAdmin(given: GivenSettings): string[] {
  const { values: { ADMIN_KEY }, nameOf } = given;
  const hasAdmin = ADMIN_KEY !== undefined || namedKeys(given).some((one) => one?.role === "admin");
  return hasAdmin
    ? []
    : [`${nameOf("ADMIN_KEY")} is missing, and ${nameOf("KEYS")} has no key of role admin`];
}

/** One key of two roles would give the lower one the rights of the higher; of two names, nobody would know who it was. */
function sameKeys(given: GivenSettings): string[] {
  const { values, nameOf } = given;
  const keys = [
    ...ROLE_KEYS.map((name) => ({ called: nameOf(name), key: values[name] })),
    ...namedKeys(given).map((one, index) => ({ called: entry(given, index), key: one?.key })),
  ].filter(({ key }) => key !== undefined);
  return keys.flatMap(({ called, key }, index) =>
    keys.slice(index + 1).filter((other) => other.key === key)
      .map((other) => `${called} and ${other.called} must differ`)
  );
}

/** A name has two keys while they are changed, and one role. */
function sameNames(given: GivenSettings): string[] {
  const keys = namedKeys(given);
  return keys.flatMap((one, index) => {
    const before = keys.slice(0, index).filter((other) => one && other?.name === one.name);
    const isOther = before.some((other) => other?.role !== one?.role);
    return [
      ...before.length > 1 ? [`${entry(given, index)} is one too many: a name may have two`] : [],
      ...isOther ? [`${entry(given, index)} must have the role that its name has before`] : [],
    ];
  });
}

function namedKeys({ values: { KEYS } }: GivenSettings): ReturnType<typeof namedKeysIn> {
  return typeof KEYS === "string" ? namedKeysIn(KEYS) : [];
}

/** Entries are told by their place: a name may be a key that was put in the wrong one. */
function entry({ nameOf }: GivenSettings, index: number): string {
  return `${nameOf("KEYS")} (entry ${index + 1})`;
}

/** Objects are told apart by the id of their app: two apps of one id would share them. */
function sameApps({ values, nameOf, clientIds }: GivenSettings): string[] {
  const id = (text: unknown): string => appIdOf({ clientId: `${text}`, clientSecret: "" });
  const { HIGHLEVEL_CLIENT_ID: own } = values;
  if (own === undefined) return [];
  return Object.entries(clientIds).filter(([, other]) => id(other) === id(own))
    .map(([name]) => `${nameOf("HIGHLEVEL_CLIENT_ID")} and ${name} must be of different apps`);
}

/**
 * What the worker sends goes to the outside; deployed, an address of this machine or network is a mistake, or an attack. People may be
 * led into their own network, and not to their own machine.
 */
function localEndpoints({ values, nameOf }: GivenSettings): string[] {
  if (values.ALLOW_LOCAL_ENDPOINTS === "true") return [];
  return [
    ...SENT_TO.filter((name) => partsOf(`${values[name] ?? ""}`).some(isInside))
      .map((name) =>
        `${nameOf(name)} may be on loopback or a private network only with ALLOW_LOCAL_ENDPOINTS=true`
      ),
    ...LED_TO.filter((name) => isLoopback(`${values[name]}`))
      .map((name) => `${nameOf(name)} may be on loopback only with ALLOW_LOCAL_ENDPOINTS=true`),
  ];
}

/** Nobody could tell an event that is not signed from a forged one. */
function unsignedEvents({ values, nameOf }: GivenSettings): string[] {
  const isUnsigned = values.EVENT_URLS !== undefined && values.EVENT_SECRETS === undefined;
  return isUnsigned ? [`${nameOf("EVENT_SECRETS")} is missing: ${nameOf("EVENT_URLS")} needs it`] : [];
}

/** Each webhook would come back as one more. HighLevel's callback tells where this worker is. */
function eventsToItself({ values, nameOf }: GivenSettings): string[] {
  const own = URL.parse(`${values.HIGHLEVEL_REDIRECT_URI}`)?.host;
  const isOwn = (url: string): boolean => {
    const { host, pathname = "" } = URL.parse(url) ?? {};
    return host !== undefined && host === own && pathname.endsWith("/webhooks/highlevel");
  };
  const isRound = partsOf(`${values.EVENT_URLS ?? ""}`).some(isOwn);
  return isRound ? [`${nameOf("EVENT_URLS")} may not be this worker's own address for webhooks`] : [];
}
