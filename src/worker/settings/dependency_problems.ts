import { appIdOf } from "../../oauth/host.ts";
import type { GivenSettings } from "./given_settings.ts";
import { isInside } from "./inside_address.ts";
import { partsOf } from "./parts_of.ts";
import { isLoopback } from "./setting_schemas.ts";

/** What the worker sends to, and where it leads customers. */
const SENT_TO = ["ALERT_WEBHOOK_URL", "EVENT_URLS"] as const;
const LED_TO = ["APP_LOGO_URL", "SUPPORT_URL", "AFTER_CONNECT_URL"] as const;
const ROLE_KEYS = ["ADMIN_KEY", "SERVICE_KEY", "VIEWER_KEY"] as const;

/** What is wrong with settings beside others, though each by itself could be right. */
export function dependencyProblems(given: GivenSettings): string[] {
  return [...sameKeys(given), ...sameApps(given), ...localEndpoints(given), ...unsignedEvents(given)];
}

/** One key for two roles would give the lower one the rights of the higher. */
function sameKeys({ values, nameOf }: GivenSettings): string[] {
  const names = ROLE_KEYS.filter((name) => values[name] !== undefined);
  return names.flatMap((name, index) =>
    names.slice(index + 1).filter((other) => values[other] === values[name])
      .map((other) => `${nameOf(name)} and ${nameOf(other)} must differ`)
  );
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
