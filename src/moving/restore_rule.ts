import type { ConnectionRecord } from "../connections/record.ts";

/** What is to be done with a connection of an export. */
export type RestoreVerdict =
  | { readonly result: "taken" }
  /** What is there is as new, or newer: it stays. */
  | { readonly result: "older"; readonly reason: string };

const TAKEN: RestoreVerdict = { result: "taken" };

/**
 * Whether `moved`, a connection of an export, takes the place of `held`, what is there. Nothing newer is ever replaced, so that
 * the same export may be restored again and again:
 *
 * - of two grants the later one stands, by HighLevel's clock; of the same tokens what was found out about them last;
 * - forgetting wins over what was granted before it, and over what was merely refreshed after it on the other side: only tokens that
 *   were saved since, by a person's authorisation or an import, end it.
 */
export function restoreVerdict(
  moved: ConnectionRecord,
  held: ConnectionRecord | undefined,
): RestoreVerdict {
  if (!held) return TAKEN;
  const isForgotten = moved.status === "forgotten";
  if (held.status === "forgotten") {
    if (isForgotten) return moved.updatedAt > held.updatedAt ? TAKEN : older("it is forgotten here too");
    return (moved.savedAt ?? 0) > held.updatedAt
      ? TAKEN
      : older("it was forgotten here, and not saved since");
  }
  if (isForgotten) {
    const cameAt = Math.max(held.savedAt ?? 0, held.grantedAt ?? 0);
    return cameAt >= moved.updatedAt ? older("what is here came after it was forgotten there") : TAKEN;
  }
  if (isSameTokens(moved, held)) {
    return moved.updatedAt > held.updatedAt ? TAKEN : older("the same is here");
  }
  const [came, has] = [moved, held].map(({ tokens, grantedAt = 0 }) => tokens ? grantedAt : -1);
  if (came === has) {
    const [one = 0, other = 0] = [moved.accessTokenIssuedAt, held.accessTokenIssuedAt];
    return one > other ? TAKEN : older("what is here was granted at the same time");
  }
  return (came ?? 0) > (has ?? 0) ? TAKEN : older("what is here was granted later");
}

/** Whether both hold the same tokens, or none. */
function isSameTokens({ tokens: one }: ConnectionRecord, { tokens: other }: ConnectionRecord): boolean {
  return one?.accessToken === other?.accessToken && one?.refreshToken === other?.refreshToken;
}

function older(reason: string): RestoreVerdict {
  return { result: "older", reason };
}
