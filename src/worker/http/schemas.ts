import * as v from "valibot";

const CHARACTERS = "characters of A-Z a-z 0-9 _ -";
const ID = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, `must be 1 to 128 ${CHARACTERS}`));
const TARGETS = "must be 1 to 100,000 targets";
const STATUSES = ["connected", "broken", "paused", "reauthorization_required"] as const;

const YES_OR_NO = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

/** A connection's status. */
export const statusSchema: v.PicklistSchema<typeof STATUSES, undefined> = v.picklist(STATUSES);

/** `{kind}/{id}` of a path. */
export const connectionParams = v.object({ kind: v.picklist(["location", "company"]), id: ID });

/** The id of a job in a path. */
export const jobParams = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, `must be 1 to 64 ${CHARACTERS}`)),
});

/** One target of a bulk recovery. */
export const targetSchema = v.union(
  [v.strictObject({ locationId: ID }), v.strictObject({ companyId: ID })],
  "must be {locationId} or {companyId}",
);

/** Query of the list of connections. */
export const listQuery = v.object({
  q: v.optional(v.pipe(v.string(), v.maxLength(200))),
  kind: v.optional(v.picklist(["location", "company"])),
  status: v.optional(statusSchema),
  companyId: v.optional(ID),
  cause: v.optional(v.pipe(v.string(), v.regex(/^[a-z_/]{1,100}$/, "must be a code, or a code/reason"))),
  order: v.optional(v.picklist(["known", "status", "name", "since"])),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000"),
      v.transform(Number),
    ),
  ),
});

/** Query of the list of bulk recoveries. */
export const jobListQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]|[1-9]\d|100)$/, "must be a whole number from 1 to 100"),
      v.transform(Number),
    ),
  ),
});

/** Query of a token. */
export const tokenQuery = v.object({
  rejected: v.optional(
    v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{64}$/, "must be the SHA-256 of the token, 64 hex digits")),
  ),
});

/** Query of an export, and of sealing anew: where it goes on. */
export const pageQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^([1-9]\d?|[123]\d\d|400)$/, "must be a whole number from 1 to 400"),
      v.transform(Number),
    ),
  ),
});

/** Query of what can be tried without changing anything. */
export const dryRunQuery = v.object({ dryRun: v.optional(YES_OR_NO) });

/** Query of forgetting. */
export const forgetQuery = v.object({ erase: v.optional(YES_OR_NO) });

/** Query of a recovery. */
export const recoverQuery = v.object({ companyId: v.optional(ID) });

/** Tokens to import: HighLevel's own JSON in either spelling, or a `TokenSet`'s. */
export const importBody = v.looseObject({});

/** What a bulk recovery is about. */
export const recoveriesBody = v.union(
  [
    v.strictObject({
      targets: v.pipe(v.array(targetSchema), v.minLength(1, TARGETS), v.maxLength(100_000, TARGETS)),
    }),
    v.strictObject({ status: statusSchema }),
    v.strictObject({ companyId: ID, installed: v.literal(true) }),
  ],
  "must be {targets}, {status} or {companyId, installed: true}",
);

/** Query of the list of events. */
export const eventsQuery = v.object({
  state: v.optional(v.picklist(["dead", "waiting"], "must be dead or waiting")),
  ...jobListQuery.entries,
});

/** Which dead letters are sent again: these, all since a moment, or all. */
export const replayBody = v.pipe(
  v.strictObject({
    ids: v.optional(
      v.pipe(
        v.array(ID),
        v.minLength(1, "must be 1 to 1,000 ids"),
        v.maxLength(1_000, "must be 1 to 1,000 ids"),
      ),
    ),
    since: v.optional(
      v.pipe(v.string(), v.check((text) => !isNaN(Date.parse(text)), "must be a moment in ISO 8601")),
    ),
  }),
  v.check(({ ids, since }) => ids === undefined || since === undefined, "must be {ids}, {since} or {}"),
);
