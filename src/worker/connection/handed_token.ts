import { type ConnectionRecord, isYoung } from "../../connections/host.ts";
import type { TokenSet } from "../../oauth/mod.ts";
import type { HandedToken } from "./connection_api.ts";

/** `tokens` as they are handed out at `now`, ms, where `record` is what is held. */
export function handedToken(
  { accessToken, tokenType, expiresAt, scope }: TokenSet,
  record: ConnectionRecord | undefined,
  now: number,
): HandedToken {
  return {
    accessToken,
    tokenType,
    expiresAt: expiresAt.getTime(),
    scope,
    isYoung: isYoung(record ?? {}, now),
  };
}
