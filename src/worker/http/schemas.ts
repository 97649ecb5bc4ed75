import * as v from "valibot";
import { STATUSES } from "../../stores/host.ts";
import { NAME_LENGTH, shortName } from "../connection/short_name.ts";
import { REASON_LENGTH } from "../connection/suspension.ts";
import { LINK_SECONDS } from "../customer/return_link.ts";
import { MEMBER_CHOICES } from "../directory/campaign_api.ts";

const CHARACTERS = "characters of A-Z a-z 0-9 _ -";
const ID = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, `must be 1 to 128 ${CHARACTERS}`));
const MANY = "must be 1 to 100,000 targets";
const SECONDS = `must be a whole number from ${LINK_SECONDS.least} to ${LINK_SECONDS.most}`;

const YES_OR_NO = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

/** A connection's status. */
export const statusSchema: v.PicklistSchema<typeof STATUSES, undefined> = v.picklist(STATUSES);

/** `{kind}/{id}` of a path. */
export const connectionParams = v.object({ kind: v.picklist(["location", "company"]), id: ID });

const NAME = `must be a name of 1 to ${NAME_LENGTH} characters, or null`;

/** A name that is given to a connection, as it is kept; `null`: HighLevel's own. */
export const nameSchema = v.nullable(
  v.pipe(
    v.string(NAME),
    v.maxLength(NAME_LENGTH, NAME),
    v.transform((name) => shortName(name) ?? ""),
    v.minLength(1, NAME),
  ),
);

const REASON = `must be a reason of at most ${REASON_LENGTH} characters`;

/** Why a connection is suspended; blank: nobody said. */
export const reasonSchema = v.pipe(
  v.string(REASON),
  v.transform((text) => shortName(text, REASON_LENGTH + 1)),
  v.check((text = "") => [...text].length <= REASON_LENGTH, REASON),
);

/** Body of a suspending. */
export const suspensionBody = v.strictObject({ reason: v.optional(reasonSchema) });

/** The id of a job in a path. */
export const jobParams = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, `must be 1 to 64 ${CHARACTERS}`)),
});

/** One target of a bulk recovery. */
export const targetSchema = v.union(
  [v.strictObject({ locationId: ID }), v.strictObject({ companyId: ID })],
  "must be {locationId} or {companyId}",
);

/** Targets of a bulk recovery, or of a campaign. */
const TARGETS = v.pipe(v.array(targetSchema), v.minLength(1, MANY), v.maxLength(100_000, MANY));

/** Why a connection is not connected. */
export const causeSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z_/]{1,100}$/, "must be a code, or a code/reason"),
);

/** A page's size in a query, up to 1,000. */
const LIMIT = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^([1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000"),
    v.transform(Number),
  ),
);
const CURSOR = v.optional(v.pipe(v.string(), v.maxLength(2_048)));

/** Query of the list of connections. */
export const listQuery = v.object({
  q: v.optional(v.pipe(v.string(), v.maxLength(200))),
  kind: v.optional(v.picklist(["location", "company"])),
  status: v.optional(statusSchema),
  companyId: v.optional(ID),
  cause: v.optional(causeSchema),
  order: v.optional(v.picklist(["known", "status", "name", "since"])),
  cursor: CURSOR,
  limit: LIMIT,
});

/** A status that a click ends. */
export const lostStatusSchema: v.PicklistSchema<readonly ["reauthorization_required", "broken"], string> = v
  .picklist(
    ["reauthorization_required", "broken"],
    "must be reauthorization_required or broken: of the others nobody needs to click",
  );

/** Query of the plan. */
export const planQuery = v.object({
  status: v.optional(lostStatusSchema, "reauthorization_required"),
  companyId: v.optional(ID),
  cursor: CURSOR,
  limit: LIMIT,
});

/** Query of a CSV file. */
export const csvQuery = v.object({
  status: v.optional(statusSchema),
  lang: v.optional(v.picklist(["en", "ko"])),
});

/** The id of a campaign in a path: it is made as a job's is. */
export const campaignParams = jobParams;

/** Query of a campaign. */
export const campaignQuery = v.object({
  which: v.optional(v.picklist(MEMBER_CHOICES), "all"),
  cursor: CURSOR,
  limit: LIMIT,
});

/** Query of a campaign's CSV file. */
export const campaignCsvQuery = v.object({
  which: v.optional(v.picklist(MEMBER_CHOICES), "asked"),
  lang: v.optional(v.picklist(["en", "ko"])),
});

/** How long a link can be used. */
export const linkSecondsSchema = v.pipe(
  v.number(SECONDS),
  v.integer(SECONDS),
  v.minValue(LINK_SECONDS.least, SECONDS),
  v.maxValue(LINK_SECONDS.most, SECONDS),
);

/** What people are written in one language. */
export const messageSchema = v.pipe(
  v.string(),
  v.maxLength(4_000, "must be at most 4000 characters"),
  v.includes("{link}", "must contain {link}"),
);
const CAMPAIGN_FIELDS = {
  expiresInSeconds: v.optional(linkSecondsSchema, LINK_SECONDS.usual),
  message: v.optional(v.strictObject({ en: v.optional(messageSchema), ko: v.optional(messageSchema) })),
};

/** Whom a campaign is about. */
export const campaignBody = v.union(
  [
    v.strictObject({ targets: TARGETS, ...CAMPAIGN_FIELDS }),
    v.strictObject({
      status: v.optional(lostStatusSchema, "reauthorization_required"),
      companyId: v.optional(ID),
      agencyFirst: v.optional(v.boolean(), true),
      ...CAMPAIGN_FIELDS,
    }),
  ],
  "must be {targets}, or {status, companyId, agencyFirst}",
);

/** Query of a list of bulk recoveries, or of campaigns. */
export const jobListQuery = v.object({
  cursor: CURSOR,
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
    v.strictObject({ targets: TARGETS }),
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

/** Which dead letters are sent again: these, or all since a moment. */
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
  v.check(
    ({ ids, since }) => (ids === undefined) !== (since === undefined),
    "must be {ids} or {since}",
  ),
);
