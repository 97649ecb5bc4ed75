import type { Connection } from "../../connections/connection.ts";
import type { Recovery, RecoveryAttempt, RecoveryWay } from "../../connections/recovery.ts";
import type { ConnectionStatus } from "../../stores/status.ts";
import { defined } from "../../oauth/defined.ts";
import { isObject, moment } from "../../oauth/fields.ts";
import { HighLevelError } from "../../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { LinkLine } from "./backend.ts";
import { isErrorCode, problemOf, textOf, type WorkerAnswer } from "./worker_api.ts";

/** Every status there is. */
export const STATUSES: readonly ConnectionStatus[] = [
  "connected",
  "broken",
  "paused",
  "reauthorization_required",
];

const OUTCOMES = ["recovered", "paused", "reauthorization_required", "failed"] as const;
const WAYS: readonly RecoveryWay[] = ["store", "refresh", "reconnect", "agency"];

/**
 * The recovery that a worker's answer tells: 200 with all of it, an error with the reason. `undefined` for something
 * else; but an error of a server needs no form to be one.
 */
export function recoveryFrom({ status, body }: WorkerAnswer, target: ConnectionTarget): Recovery | undefined {
  const told = isObject(body.recovery) ? body.recovery : body;
  const outcome = OUTCOMES.find((name) => name === told.outcome) ?? (status >= 500 ? "failed" : undefined);
  if (!outcome) return undefined;
  const by = WAYS.find((way) => way === told.by);
  const error = outcome === "recovered" ? undefined : errorFrom(told, status, target);
  const traceId = textOf(told.traceId) ?? error?.traceId;
  const authorizationUrl = textOf(told.authorizationUrl);
  return {
    target,
    outcome,
    attempts: Array.isArray(told.attempts) ? told.attempts.flatMap(attemptFrom) : [],
    ...(by && { by }),
    ...(traceId && { traceId }),
    ...(authorizationUrl && { authorizationUrl }),
    ...(error && { error }),
  };
}

/** A connection as the worker's lists tell it; `undefined` for something else. */
export function connectionFrom(value: unknown): Connection | undefined {
  if (!isObject(value)) return undefined;
  const target = targetFrom(value);
  const status = STATUSES.find((name) => name === value.status);
  const updatedAt = moment(value.updatedAt);
  if (!target || !status || !updatedAt) return undefined;
  const expiresAt = moment(value.expiresAt);
  const refreshTokenIssuedAt = moment(value.refreshTokenIssuedAt);
  const companyId = textOf(value.companyId);
  const name = textOf(value.name);
  const trouble = troubleFrom(value.trouble);
  return {
    target,
    status,
    updatedAt,
    ...(expiresAt && { expiresAt }),
    ...(refreshTokenIssuedAt && { refreshTokenIssuedAt }),
    ...(companyId && target.locationId !== undefined && { companyId }),
    ...(name && { name }),
    ...(trouble && { trouble }),
  };
}

/** An agency of a worker's plan; `undefined` for something else. */
export function agencyLineFrom(value: unknown): LinkLine | undefined {
  if (!isObject(value)) return undefined;
  const companyId = textOf(value.companyId);
  if (companyId === undefined) return undefined;
  const { locations, state } = value;
  return defined({
    target: { companyId },
    name: textOf(value.name),
    bringsBack: typeof locations === "number" ? locations : 0,
    isConnected: state === "connected",
    url: textOf(value.url),
  });
}

/** A location of a worker's plan that is left to click; `undefined` for something else. */
export function locationLineFrom(value: unknown): LinkLine | undefined {
  if (!isObject(value)) return undefined;
  const locationId = textOf(value.locationId);
  if (locationId === undefined) return undefined;
  return defined({
    target: { locationId },
    name: textOf(value.name),
    agency: textOf(value.agency) ?? textOf(value.companyId),
    since: moment(value.since),
    cause: textOf(value.cause),
    url: textOf(value.url),
  });
}

/** A connection that a job could not recover; `undefined` for something else. */
export function unrecoveredFrom(item: Readonly<Record<string, unknown>>): Recovery | undefined {
  const target = targetFrom(item);
  const outcome = OUTCOMES.find((name) => name === item.outcome);
  if (!target || !outcome) return undefined;
  const { code } = item;
  const message = textOf(item.message);
  const traceId = textOf(item.traceId);
  const authorizationUrl = textOf(item.authorizationUrl);
  return {
    target,
    outcome,
    attempts: [],
    ...(traceId && { traceId }),
    ...(authorizationUrl && { authorizationUrl }),
    ...(isErrorCode(code) && { error: new HighLevelError(code, message ?? code, { target, traceId }) }),
  };
}

/** The connection that `value` names, by itself or in its `target`. */
export function targetFrom(value: Readonly<Record<string, unknown>>): ConnectionTarget | undefined {
  const named = isObject(value.target) ? value.target : value;
  const locationId = textOf(named.locationId);
  const companyId = textOf(named.companyId);
  if (locationId) return { locationId };
  return companyId ? { companyId } : undefined;
}

function troubleFrom(value: unknown): Connection["trouble"] {
  if (!isObject(value) || !isErrorCode(value.code)) return undefined;
  const traceId = textOf(value.traceId);
  return { code: value.code, message: textOf(value.message) ?? value.code, ...(traceId && { traceId }) };
}

function errorFrom(
  told: Readonly<Record<string, unknown>>,
  status: number,
  target: ConnectionTarget,
): HighLevelError {
  if (!isObject(told.error)) return problemOf(status, told, target);
  const { code, message, traceId } = told.error;
  if (!isErrorCode(code)) return problemOf(status, told, target);
  return new HighLevelError(code, textOf(message) ?? code, { traceId: textOf(traceId), target });
}

function attemptFrom(value: unknown): RecoveryAttempt[] {
  if (!isObject(value)) return [];
  const by = WAYS.find((way) => way === value.by);
  if (!by) return [];
  const traceId = textOf(value.traceId);
  return [{
    by,
    ...(isErrorCode(value.code) && { code: value.code }),
    ...(typeof value.status === "number" && { status: value.status }),
    ...(traceId && { traceId }),
    ms: typeof value.ms === "number" ? value.ms : 0,
  }];
}
