import { given } from "../oauth/check.ts";
import { withAnyCredentials } from "../oauth/request/any_credentials.ts";
import { defined } from "../oauth/defined.ts";
import { fieldsOf } from "../oauth/fields.ts";
import { checkApp, type HighLevelApp, type RequestOptions } from "../oauth/highlevel_app.ts";
import { HighLevelError, isCoded } from "../oauth/highlevel_error.ts";
import {
  checkTarget,
  type ConnectionTarget,
  describeTarget,
  USER_TYPES,
  type UserType,
  userTypeOf,
} from "../oauth/target.ts";
import { resultOrError } from "../oauth/result_or_error.ts";
import { requestTokens } from "../oauth/token_endpoint.ts";
import type { TokenAnswer, TokenSet } from "../oauth/token_set.ts";
import { emitOdd, forgotten } from "./attempt.ts";
import { summaryOf } from "./codec.ts";
import { type Connection, connectionFrom } from "./connection.ts";
import type { Parts } from "./parts.ts";
import { type ConnectionRecord, unlessForgotten, type UsableRecord } from "./record.ts";
import { connectedRecord } from "./transitions.ts";

/**
 * Exchanges a code and saves the tokens under the connection that they name; see `Connections.authorize`. A person has just
 * acted: where the lock or the store is in trouble, what he got is stored without it, or kept in memory.
 */
export async function authorize(parts: Parts, grant: AuthorizationGrant): Promise<Connection> {
  const { app, requests, keyOf, runAlone, records, failures, forgettings, nextUpdatedAt, emit, tick } = parts;
  const began = forgettings.began();
  const authorization = await exchangeGrant(app, grant, requests);
  const receivedAt = tick();
  const connectionKey = keyOf(authorization.target);
  const { key, target } = connectionKey;
  emitOdd(emit, connectionKey, authorization.odd);
  const keep = async (fence?: number): Promise<UsableRecord> => {
    const read = await resultOrError(records.read(key));
    const isUnread = read instanceof HighLevelError;
    const at = nextUpdatedAt(isUnread ? undefined : read);
    // What cannot be read was there before this moment, and this ends it, were it a tombstone.
    const before: ConnectionRecord | undefined = isUnread
      ? { target, status: "forgotten", updatedAt: at - 1 }
      : read;
    const record = {
      ...connectedRecord(target, authorization, unlessForgotten(before), at, receivedAt),
      savedAt: at,
    };
    if (forgettings.isForgottenSince(key, began)) throw forgotten(connectionKey);
    // Whatever stands there may have been granted later: all but a tombstone, which this ends, is judged.
    const known = before?.status === "forgotten" ? before : undefined;
    const { by } = await records.write(key, record, known, fence);
    if (by?.status === "forgotten") throw forgotten(connectionKey);
    failures.clear(key);
    if (!isUnread && !unlessForgotten(before)) emit({ type: "installed", target });
    return record;
  };
  const record = await runAlone(key, keep).catch((error: unknown) => {
    if (!isCoded(error, "store_failed")) throw error;
    return keep(); // the lock cannot be had
  });
  return connectionFrom(target, "connected", summaryOf(record), record);
}

/** A code that a person brought, and what it should be for. */
export interface AuthorizationGrant {
  /** The code of the redirect. */
  readonly code: string;
  /**
   * Whom the tokens shall act for. The other one is tried where HighLevel does not take this one.
   * @default {that of `expected`, else "Location"}
   */
  readonly userType?: UserType;
  /** The connection that the person was asked to authorise. Another one is refused. */
  readonly expected?: ConnectionTarget;
}

/** What a code gave. */
export interface Authorization extends TokenAnswer {
  /** The connection that the tokens name. */
  readonly target: ConnectionTarget;
  /** The pair of the app that the code was made for. */
  readonly clientId: string;
}

/**
 * Exchanges a code with the right pair of the app, also an older one, and for the right kind of user. Stores nothing.
 *
 * @throws {TypeError} when an argument is malformed; nothing was sent.
 * @throws {HighLevelError} `invalid_grant` when the code is used or expired, `wrong_connection` (with the `target` that was
 * authorised) when it is not the one expected, `invalid_client`, or a transient code.
 */
export async function exchangeGrant(
  app: HighLevelApp,
  grant: AuthorizationGrant,
  options?: RequestOptions,
): Promise<Authorization> {
  checkApp(app);
  const { code, userType, expected } = given(grant);
  const wanted = expected && checkTarget(expected);
  const first = userType ?? (wanted ? userTypeOf(wanted) : "Location");
  const second = USER_TYPES.find((kind) => kind !== first) ?? first;
  const { redirectUri } = app;
  // A code of an older pair is none to the current one.
  const goesOn = (error: HighLevelError): boolean => isCoded(error, "invalid_client", "invalid_grant");
  return await withAnyCredentials(app, undefined, goesOn, async (pairApp) => {
    const exchange = (kind: UserType): Promise<TokenAnswer> =>
      requestTokens(pairApp, "code", { code, userType: kind, redirectUri }, options);
    const answer = await exchange(first).catch((error: unknown) => {
      if (!isCoded(error, "invalid_request", "forbidden")) throw error;
      return exchange(second).catch(() => {
        throw error;
      });
    });
    const target = targetOf(answer.tokens, wanted);
    return defined({ ...answer, target, clientId: pairApp.clientId });
  });
}

/**
 * The connection that `tokens` name.
 *
 * @throws {HighLevelError} `malformed_response` when they name none, `wrong_connection` when it is not `expected`.
 */
function targetOf(tokens: TokenSet, expected: ConnectionTarget | undefined): ConnectionTarget {
  const { userType, locationId } = tokens;
  const target = userType === "Location" && locationId !== undefined
    ? { locationId }
    : { companyId: fieldsOf(tokens).string("companyId") };
  if (!expected) return checkTarget(target);
  const [found, meant] = [describeTarget(target), describeTarget(expected)];
  if (found.toLowerCase() === meant.toLowerCase()) return expected;
  const message = `${found} was authorized, and not ${meant}. Nothing was stored.`;
  throw new HighLevelError("wrong_connection", message, { target });
}
