import type { Role, Settings } from "../settings.ts";
import { isSameDigest, sha256 } from "./digest.ts";

/** The worker's keys, ready to be compared. */
export interface Keyring {
  /** The role of `key`; every key is compared whole, so that time tells nothing. */
  roleOf(key: string): Promise<Role | undefined>;
}

/** The keyring of `keys`, which are hashed once. */
export function keyringOf(keys: Settings["keys"]): Keyring {
  let digests: readonly (readonly [Role, Uint8Array])[] | undefined;
  return {
    roleOf: async (key) => {
      const given = await sha256(key);
      // No promise is kept: a Workers request must not wait for one that another request began.
      digests ??= await Promise.all(keys.map(async ([role, text]) => [role, await sha256(text)] as const));
      const matches = digests.map(([role, digest]) => isSameDigest(given, digest) ? role : undefined);
      return matches.find((role) => role !== undefined);
    },
  };
}
