import { redactTokenSet, type TokenSet } from "../oauth/token_set.ts";
import { userTypeOf } from "../oauth/target.ts";
import type { FoundToken, FoundTokens } from "./found_tokens.ts";
import { nameOf } from "./words.ts";

/**
 * The newest tokens of each connection. An access token and a refresh token need not come from the same row: each is
 * good by itself.
 */
export class NewestTokens {
  readonly #byName = new Map<string, FoundTokens>();

  /** Takes what is newer in `found` than what is known. */
  add(found: FoundTokens): void {
    const name = nameOf(found.target);
    const known = this.#byName.get(name);
    this.#byName.set(name, known ? merged(known, found) : found);
  }

  /** One entry per connection, in the order they came. */
  values(): Iterable<FoundTokens> {
    return this.#byName.values();
  }
}

function merged(known: FoundTokens, found: FoundTokens): FoundTokens {
  const access = newer(known.access, found.access);
  const refresh = newer(known.refresh, found.refresh);
  const [first, second] = issuedAtOf(found) > issuedAtOf(known) ? [found, known] : [known, found];
  const companyId = first.companyId ?? second.companyId;
  return {
    target: known.target,
    ...(access && { access }),
    ...(refresh && { refresh }),
    ...(companyId && { companyId }),
    scope: first.scope.length > 0 ? first.scope : second.scope,
  };
}

function newer(known: FoundToken | undefined, found: FoundToken | undefined): FoundToken | undefined {
  if (!known || !found) return known ?? found;
  if (known.issuedAt !== found.issuedAt) return found.issuedAt > known.issuedAt ? found : known;
  return found.expiresAt > known.expiresAt ? found : known;
}

/** When the newest of these tokens was issued, ms since the epoch. */
export function issuedAtOf({ access, refresh }: FoundTokens): number {
  return Math.max(access?.issuedAt ?? 0, refresh?.issuedAt ?? 0);
}

/** Stands where only a refresh token was found. It has ended, so it is never sent. */
const NO_ACCESS_TOKEN = "none";

/** These tokens as the core keeps them. */
export function tokenSetOf({ target, access, refresh, companyId, scope }: FoundTokens): TokenSet {
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
