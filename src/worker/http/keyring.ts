import type { Settings } from "../settings.ts";
import type { Actor } from "./actor.ts";
import { isSameDigest, sha256, sha256Hex } from "./digest.ts";

/** A key that is known here. */
export interface KnownKey {
  /** Whose it is. */
  readonly actor: Actor;
  /** Names the key in sessions. It tells nothing of the key without the sealing key. */
  readonly id: string;
}

/** The worker's keys, ready to be compared. */
export interface Keyring {
  /** The key that `text` is; every key is compared whole, so that time tells nothing. */
  find(text: string): Promise<KnownKey | undefined>;
  /** The key with this id; `undefined` after it was taken out of the settings. */
  withId(id: string): Promise<KnownKey | undefined>;
}

/** The keyring of the keys in `settings`, which are hashed once. */
export function keyringOf({ keys, sealingKeys }: Pick<Settings, "keys" | "sealingKeys">): Keyring {
  let hashed: readonly (KnownKey & { readonly digest: Uint8Array })[] | undefined;
  // No promise is kept: a Workers request must not wait for one that another request began.
  const known = async (): Promise<NonNullable<typeof hashed>> =>
    hashed ??= await Promise.all(keys.map(async ({ key, ...actor }) => ({
      actor,
      digest: await sha256(key),
      id: await sha256Hex(JSON.stringify(["key", sealingKeys[0], key])),
    })));
  return {
    find: async (text) => {
      const given = await sha256(text);
      const matches = (await known()).map((key) => isSameDigest(given, key.digest) ? key : undefined);
      return matches.find((key) => key !== undefined);
    },
    withId: async (id) => (await known()).find((key) => key.id === id),
  };
}
