import { appIdOf } from "../../oauth/host.ts";
import type { GivenSettings } from "./given_settings.ts";
import { isLoopback } from "./setting_schemas.ts";

const NOT_LOCAL = ["ALERT_WEBHOOK_URL", "APP_LOGO_URL", "SUPPORT_URL", "AFTER_CONNECT_URL"] as const;
const ROLE_KEYS = ["ADMIN_KEY", "SERVICE_KEY", "VIEWER_KEY"] as const;

/** What is wrong with settings beside others, though each by itself could be right. */
export function dependencyProblems(given: GivenSettings): string[] {
  return [...sameKeys(given), ...sameApps(given), ...localEndpoints(given)];
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

/** Deployed, an address of this machine is a mistake. */
function localEndpoints({ values, nameOf }: GivenSettings): string[] {
  if (values.ALLOW_LOCAL_ENDPOINTS === "true") return [];
  return NOT_LOCAL.filter((name) => isLoopback(`${values[name]}`))
    .map((name) => `${nameOf(name)} may be on loopback only with ALLOW_LOCAL_ENDPOINTS=true`);
}
