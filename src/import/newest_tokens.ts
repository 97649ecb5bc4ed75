import { describeTarget, userTypeOf } from "../oauth/target.ts";
import { redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import type { FoundConnection, FoundToken } from "./import_row.ts";

/**
 * The newest tokens of each connection. An access token and a refresh token need not come from the same row: each is
 * good by itself.
 *
 * @example
 * ```ts
 * import { NewestTokens, readConnections, tokenSetOf } from "@reconnect/highlevel/import";
 *
 * const newest = new NewestTokens();
 * const file = `{"locationId": "l1C08ntBrFjLS0elLIYU", "access_token": "an-opaque-token"}`;
 * for await (const row of readConnections(file)) if (row.result === "taken") newest.add(row.found);
 * for (const found of newest.values()) console.log(found.target, tokenSetOf(found).userType);
 * ```
 */
export class NewestTokens {
  readonly #byName = new Map<string, FoundConnection>();

  /** Takes what is newer in `found` than what is known. */
  add(found: FoundConnection): void {
    const name = describeTarget(found.target);
    const known = this.#byName.get(name);
    this.#byName.set(name, known ? merged(known, found) : found);
  }

  /** One entry per connection, in the order they came. */
  values(): Iterable<FoundConnection> {
    return this.#byName.values();
  }
}

function merged(known: FoundConnection, found: FoundConnection): FoundConnection {
  const access = newer(known.access, found.access);
  const refresh = newer(known.refresh, found.refresh);
  const [first, second] = issuedAtOf(found) > issuedAtOf(known) ? [found, known] : [known, found];
  return {
    ...second,
    ...first,
    ...(access && { access }),
    ...(refresh && { refresh }),
    scope: first.scope.length > 0 ? first.scope : second.scope,
  };
}

function newer(known: FoundToken | undefined, found: FoundToken | undefined): FoundToken | undefined {
  if (!known || !found) return known ?? found;
  if (known.issuedAt !== found.issuedAt) return found.issuedAt > known.issuedAt ? found : known;
  return found.expiresAt > known.expiresAt ? found : known;
}

/** When the newest of these tokens was issued, ms since the epoch; 0 where nothing tells. */
export function issuedAtOf({ access, refresh }: FoundConnection): number {
  return Math.max(access?.issuedAt ?? 0, refresh?.issuedAt ?? 0);
}

/** Stands where only a refresh token was found. It has ended, so it is never sent. */
const NO_ACCESS_TOKEN = "none";

/** These tokens as `Connections.save` takes them. An access token that does not tell when it ends counts as ended. */
export function tokenSetOf({ target, access, refresh, companyId, scope }: FoundConnection): TokenSet {
  const company = target.companyId ?? companyId;
  return redactTokenSet({
    accessToken: access?.text ?? NO_ACCESS_TOKEN,
    tokenType: "Bearer",
    expiresAt: new Date(access?.expiresAt ?? 0),
    ...(refresh && { refreshToken: refresh.text }),
    scope,
    userType: userTypeOf(target),
    ...(target.locationId !== undefined && { locationId: target.locationId }),
    ...(company && { companyId: company }),
  });
}
