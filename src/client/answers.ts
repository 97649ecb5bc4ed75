import type { Connection } from "../connections/connection.ts";
import type { Recovery, RecoveryAttempt, RecoveryWay } from "../connections/recovery.ts";
import { defined } from "../oauth/defined.ts";
import { type Fields, fieldsOf, isObject, isText, moment } from "../oauth/fields.ts";
import { HighLevelError } from "../oauth/highlevel_error.ts";
import type { ConnectionTarget } from "../oauth/target.ts";
import { type ConnectionStatus, STATUSES } from "../stores/status.ts";
import { errorCodeOf } from "./problem_of.ts";
import { lineOf, linkOf, textOf } from "./texts.ts";

const OUTCOMES: readonly Recovery["outcome"][] = [
  "recovered",
  "paused",
  "reauthorization_required",
  "failed",
];
const WAYS: readonly RecoveryWay[] = ["store", "refresh", "reconnect", "agency"];

/** The fields of a part of a worker's answer. */
export function partOf(body: unknown): Fields {
  return fieldsOf(body, "malformed_response", "its answer");
}

/** The one of `names` that `value` is. */
export function oneOf<T>(names: readonly T[], value: unknown): T | undefined {
  return names.find((name) => name === value);
}

/** The list under `name`; what is lacking makes the answer one of somebody else's. */
export function listIn(body: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const list = body[name];
  return partOf(body).required(name, Array.isArray(list) ? list : undefined);
}

/** The connection that `value` names, by itself or in its `target`. */
export function targetIn(value: Readonly<Record<string, unknown>>): ConnectionTarget {
  const named = partOf(isObject(value.target) ? value.target : value);
  const locationId = named.text("locationId");
  return locationId === undefined ? { companyId: named.string("companyId") } : { locationId };
}

/** A connection as the worker tells it. */
export function connectionIn(value: unknown): Connection {
  const field = partOf(value);
  const target = targetIn(isObject(value) ? value : {});
  const scope = field.value("scope");
  return defined({
    target,
    status: statusIn(field),
    expiresAt: moment(field.value("expiresAt")),
    refreshTokenIssuedAt: moment(field.value("refreshTokenIssuedAt")),
    companyId: target.locationId === undefined ? undefined : field.text("companyId"),
    name: field.text("name"),
    updatedAt: field.required("updatedAt", moment(field.value("updatedAt"))),
    scope: Array.isArray(scope) ? scope.filter(isText) : undefined,
    versionId: field.text("versionId"),
    isWhiteLabel: field.flag("isWhiteLabel"),
    trouble: troubleIn(field.value("trouble")),
  });
}

/** Where a connection stands. */
export function statusIn(field: Fields): ConnectionStatus {
  return field.required("status", oneOf(STATUSES, field.value("status")));
}

/** The recovery that an answer tells: 200 with all of it, a problem with the reason beside. */
export function recoveryIn(body: Readonly<Record<string, unknown>>, target: ConnectionTarget): Recovery {
  const field = partOf(body);
  const outcome = field.required("outcome", oneOf(OUTCOMES, body.outcome));
  const told = isObject(body.error) ? body.error : body;
  const code = errorCodeOf(told.code);
  const words = lineOf(told.message) ?? lineOf(told.detail);
  const traceId = field.text("traceId");
  return defined({
    target,
    outcome,
    by: oneOf(WAYS, body.by),
    traceId,
    attempts: Array.isArray(body.attempts) ? body.attempts.flatMap(attemptIn) : [],
    authorizationUrl: linkOf(body.authorizationUrl),
    error: code &&
      new HighLevelError(code, words ?? code, { traceId: textOf(told.traceId) ?? traceId, target }),
  });
}

function troubleIn(value: unknown): Connection["trouble"] {
  const code = isObject(value) ? errorCodeOf(value.code) : undefined;
  if (!isObject(value) || !code) return undefined;
  return defined({ code, message: lineOf(value.message) ?? code, traceId: textOf(value.traceId) });
}

function attemptIn(value: unknown): RecoveryAttempt[] {
  const by = isObject(value) ? oneOf(WAYS, value.by) : undefined;
  if (!isObject(value) || !by) return [];
  const { status, ms } = value;
  return [defined({
    by,
    code: errorCodeOf(value.code),
    message: textOf(value.message),
    status: typeof status === "number" ? status : undefined,
    traceId: textOf(value.traceId),
    ms: typeof ms === "number" ? ms : 0,
  })];
}
