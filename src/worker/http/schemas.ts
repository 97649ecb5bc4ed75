import * as v from "valibot";
import type { ConnectionTarget } from "../../oauth/target.ts";

const ID = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,128}$/, "must be 1 to 128 characters of A-Z a-z 0-9 _ -"),
);
const STATUSES = ["connected", "broken", "paused", "reauthorization_required"] as const;
const TIME = v.pipe(v.string(), v.isoTimestamp());

/** A connection's status. */
export const statusSchema: v.PicklistSchema<typeof STATUSES, undefined> = v.picklist(STATUSES);

/** `{kind}/{id}` of a path. */
export const connectionParams = v.object({ kind: v.picklist(["location", "company"]), id: ID });

/** The id of a job in a path. */
export const jobParams = v.object({ id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/)) });

/** One target of a bulk recovery. */
export const targetSchema = v.union([v.strictObject({ locationId: ID }), v.strictObject({ companyId: ID })]);

/** Query of the list of connections. */
export const listQuery = v.object({
  status: v.optional(statusSchema),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, "must be a whole number"),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(1_000),
    ),
  ),
});

/** Query of a token. */
export const tokenQuery = v.object({
  rejected: v.optional(
    v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "must be the SHA-256 of the token, 64 hex digits")),
  ),
});

/** Query of a recovery. */
export const recoverQuery = v.object({ companyId: v.optional(ID) });

/** Tokens to import: HighLevel's own JSON in either spelling, or a `TokenSet`'s. */
export const importBody = v.looseObject({});

/** What a bulk recovery is about. */
export const recoveriesBody = v.union([
  v.strictObject({ targets: v.pipe(v.array(targetSchema), v.minLength(1), v.maxLength(100_000)) }),
  v.strictObject({ status: statusSchema }),
  v.strictObject({ companyId: ID, installed: v.literal(true) }),
]);

/** A problem, RFC 9457. */
export const problemSchema = v.looseObject({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.string(),
  traceId: v.optional(v.string()),
});

/** A connection as lists show it. */
export const connectionSchema = v.object({
  target: targetSchema,
  status: statusSchema,
  expiresAt: v.optional(TIME),
  refreshTokenIssuedAt: v.optional(TIME),
  companyId: v.optional(v.string()),
  name: v.optional(v.string()),
  updatedAt: TIME,
  scope: v.optional(v.array(v.string())),
  trouble: v.optional(v.object({ code: v.string(), message: v.string(), traceId: v.optional(v.string()) })),
});

/** A page of connections. */
export const connectionPageSchema = v.object({
  connections: v.array(connectionSchema),
  cursor: v.optional(v.string()),
});

/** A connection with its history. */
export const describedConnectionSchema = v.object({
  ...connectionSchema.entries,
  nextAt: v.optional(TIME),
  history: v.array(v.object({
    type: v.string(),
    at: TIME,
    by: v.optional(v.string()),
    traceId: v.optional(v.string()),
    ms: v.optional(v.number()),
    code: v.optional(v.string()),
    message: v.optional(v.string()),
  })),
});

/** RFC 6749's token response. */
export const tokenResponseSchema = v.object({
  access_token: v.string(),
  token_type: v.string(),
  expires_in: v.number(),
  scope: v.string(),
});

/** A recovery. */
export const recoverySchema = v.looseObject({
  target: targetSchema,
  outcome: v.picklist(["recovered", "paused", "reauthorization_required", "failed"]),
  by: v.optional(v.picklist(["store", "refresh", "reconnect", "agency"])),
  traceId: v.optional(v.string()),
  attempts: v.array(v.object({
    by: v.string(),
    code: v.optional(v.string()),
    status: v.optional(v.number()),
    traceId: v.optional(v.string()),
    ms: v.number(),
  })),
});

/** Where a job stands. */
export const jobSchema = v.object({
  id: v.string(),
  status: v.picklist(["listing", "running", "done"]),
  createdAt: TIME,
  finishedAt: v.optional(TIME),
  total: v.number(),
  recovered: v.number(),
  paused: v.number(),
  reauthorization_required: v.number(),
  failed: v.number(),
  remaining: v.number(),
  problem: v.optional(v.string()),
});

/** The target that path parameters name. */
export function targetFrom({ kind, id }: v.InferOutput<typeof connectionParams>): ConnectionTarget {
  return kind === "location" ? { locationId: id } : { companyId: id };
}
