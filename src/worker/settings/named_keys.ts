import { partsOf } from "./parts_of.ts";
import { type Role, ROLES } from "./roles.ts";

/** One entry of `KEYS`. */
export interface NamedKey {
  /** Who or what has it. */
  readonly name: string;
  /** What it may do. */
  readonly role: Role;
  /** The bearer key. */
  readonly key: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
/** What history and jobs call others than holders of named keys. */
const TAKEN = /^(admin|service|viewer|daily|agency|installation|host|highlevel)$/i;

/** In a key: another entry, behind what is no comma. */
const OTHER = /:(admin|service|viewer):/;

/** What is allowed in `KEYS`, in words. */
export const NAMED_KEYS_RULE =
  "must be name:role:key, with commas between: a name of A-Z a-z 0-9 _ . @ - that is none of admin, service, viewer, daily, " +
  "agency, installation, host, highlevel; the role admin, service or viewer; a key of 8 ASCII characters at least, without blanks";

/** The entries of `KEYS`; `undefined` in the place of one that is none. */
export function namedKeysIn(text: string): (NamedKey | undefined)[] {
  return partsOf(text).map((entry) => {
    const [, name = "", given = "", key = ""] = /^([^:]*):([^:]*):(.*)$/.exec(entry) ?? [];
    const role = ROLES.find((one) => one === given);
    return role && NAME.test(name) && !TAKEN.test(name) && /^[!-~]{8,}$/.test(key) && !OTHER.test(key)
      ? { name, role, key }
      : undefined;
  });
}
