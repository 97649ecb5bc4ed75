import * as v from "valibot";
import { MEMBER_STATES } from "../../src/worker/directory/campaign_api.ts";
import { JOB_STATUSES } from "../../src/worker/recovery_job/job_api.ts";
import { statusSchema, targetSchema } from "../../src/worker/http/schemas.ts";
import { erasure, resealed, restored } from "./moving_answers.ts";

const TIME = v.pipe(v.string(), v.isoTimestamp());

/** What was tried to bring a connection back, in order. */
const ATTEMPTS = v.array(v.object({
  by: v.string(),
  code: v.optional(v.string()),
  message: v.optional(v.string()),
  status: v.optional(v.number()),
  traceId: v.optional(v.string()),
  ms: v.number(),
}));

/** A problem, RFC 9457, with the members that some have besides: a recovery's, an input's faults, the link to click. */
const problem = v.looseObject({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.string(),
  traceId: v.optional(v.string()),
  authorizationUrl: v.optional(v.string()),
  errors: v.optional(v.array(v.object({ in: v.string(), field: v.string(), message: v.string() }))),
  target: v.optional(targetSchema),
  outcome: v.optional(v.picklist(["paused", "reauthorization_required", "failed"])),
  attempts: v.optional(ATTEMPTS),
});

/** A connection. */
const connection = v.object({
  target: targetSchema,
  status: statusSchema,
  expiresAt: v.optional(TIME),
  refreshTokenIssuedAt: v.optional(TIME),
  companyId: v.optional(v.string()),
  name: v.optional(v.string()),
  updatedAt: TIME,
  scope: v.optional(v.array(v.string())),
  versionId: v.optional(v.string()),
  isWhiteLabel: v.optional(v.boolean()),
  trouble: v.optional(v.object({
    code: v.string(),
    reason: v.optional(v.string()),
    message: v.string(),
    traceId: v.optional(v.string()),
  })),
});

/** A page of connections. */
const connectionPage = v.object({
  connections: v.array(v.object({
    target: targetSchema,
    status: statusSchema,
    since: TIME,
    name: v.optional(v.string()),
    companyId: v.optional(v.string()),
    versionId: v.optional(v.string()),
    isWhiteLabel: v.optional(v.boolean()),
    isNameGiven: v.optional(v.boolean()),
    cause: v.optional(v.string()),
    traceId: v.optional(v.string()),
    linkMadeAt: v.optional(TIME),
    linkOpenedAt: v.optional(TIME),
    returnedAt: v.optional(TIME),
    returnedBy: v.optional(v.picklist(["person", "agency", "itself"])),
    updatedAt: TIME,
  })),
  total: v.number(),
  isComplete: v.boolean(),
  cursor: v.optional(v.string()),
  previous: v.optional(v.string()),
});

/** A connection with its history. */
const describedConnection = v.object({
  ...connection.entries,
  nextAt: v.optional(TIME),
  suspended: v.optional(
    v.object({
      at: TIME,
      by: v.optional(v.string()),
      reason: v.optional(v.string()),
      refreshTokenEndsAt: v.optional(TIME),
    }),
  ),
  history: v.array(v.object({
    type: v.string(),
    at: TIME,
    by: v.optional(v.string()),
    traceId: v.optional(v.string()),
    ms: v.optional(v.number()),
    code: v.optional(v.string()),
    message: v.optional(v.string()),
    actor: v.optional(v.string()),
    attempts: v.optional(ATTEMPTS),
  })),
});

/** RFC 6749's token response. */
const tokenResponse = v.object({
  access_token: v.string(),
  token_type: v.string(),
  expires_in: v.number(),
  scope: v.string(),
});

/** A recovery. */
const recovery = v.looseObject({
  target: targetSchema,
  outcome: v.picklist(["recovered", "paused", "reauthorization_required", "failed"]),
  by: v.optional(v.picklist(["store", "refresh", "reconnect", "agency"])),
  traceId: v.optional(v.string()),
  attempts: ATTEMPTS,
});

const COUNT = v.number();

/** A plan: agency first. */
const plan = v.object({
  agencies: v.array(v.object({
    companyId: v.string(),
    name: v.optional(v.string()),
    state: v.picklist(["connected", "lost"]),
    locations: COUNT,
    url: v.optional(v.string()),
  })),
  alone: v.array(v.object({
    locationId: v.string(),
    name: v.optional(v.string()),
    companyId: v.optional(v.string()),
    agency: v.optional(v.string()),
    cause: v.optional(v.string()),
    since: TIME,
    url: v.optional(v.string()),
  })),
  locations: COUNT,
  ways: v.object({ itself: COUNT, agency: COUNT, person: COUNT }),
  isComplete: v.boolean(),
  cursor: v.optional(v.string()),
});

/** A campaign. */
const campaign = v.object({
  id: v.string(),
  status: v.picklist(["running", "done", "over"]),
  startedBy: v.string(),
  source: v.union([
    v.object({ kind: v.literal("targets") }),
    v.object({
      kind: v.literal("status"),
      status: statusSchema,
      companyId: v.optional(v.string()),
      agencyFirst: v.boolean(),
    }),
  ]),
  message: v.optional(v.object({ en: v.optional(v.string()), ko: v.optional(v.string()) })),
  createdAt: TIME,
  endsAt: TIME,
  finishedAt: v.optional(TIME),
  total: COUNT,
  asked: COUNT,
  missing: COUNT,
});

/** A campaign with a page of its people. */
const campaignPeople = v.object({
  ...campaign.entries,
  states: v.object({
    waiting: COUNT,
    opened: COUNT,
    following: COUNT,
    person: COUNT,
    agency: COUNT,
    itself: COUNT,
    gone: COUNT,
  }),
  members: v.array(v.object({
    target: targetSchema,
    state: v.picklist(MEMBER_STATES),
    isAsked: v.boolean(),
    name: v.optional(v.string()),
    companyId: v.optional(v.string()),
    agency: v.optional(v.string()),
    status: v.optional(statusSchema),
    cause: v.optional(v.string()),
    since: v.optional(TIME),
    openedAt: v.optional(TIME),
    endedAt: v.optional(TIME),
  })),
  cursor: v.optional(v.string()),
});

/** Where a job stands. */
const job = v.object({
  id: v.string(),
  status: v.picklist(JOB_STATUSES),
  startedBy: v.string(),
  createdAt: TIME,
  progressAt: TIME,
  nextTryAt: v.optional(TIME),
  finishedAt: v.optional(TIME),
  total: v.number(),
  recovered: v.number(),
  paused: v.number(),
  reauthorization_required: v.number(),
  failed: v.number(),
  remaining: v.number(),
  problem: v.optional(v.string()),
});

/** An event that some address does not have. */
const undelivered = v.object({
  id: v.string(),
  type: v.string(),
  at: TIME,
  target: v.optional(targetSchema),
  deliveries: v.array(v.object({
    endpoint: v.pipe(v.string(), v.description("Scheme and host of the address")),
    place: v.pipe(
      v.number(),
      v.description("Its place in EVENT_URLS, from 1; 0 where it is not there any more"),
    ),
    state: v.picklist(["waiting", "dead"]),
    tries: v.number(),
    problem: v.optional(v.string()),
    nextAt: v.optional(TIME),
    deadAt: v.optional(TIME),
  })),
});

/**
 * The JSON of answers. Nothing is checked by these while the worker runs: the OpenAPI document is made from them, and
 * tests hold the answers to them.
 */
export const answerSchemas = {
  problem,
  connectionPage,
  shownConnection: connection,
  describedConnection,
  tokenResponse,
  checkedToken: v.object({ token: v.picklist(["living", "dead", "unknown"]) }),
  recovery,
  plan,
  campaign,
  campaignPage: v.object({ campaigns: v.array(campaign), cursor: v.optional(v.string()) }),
  campaignPeople,
  sending: v.object({ asked: COUNT, missing: COUNT }),
  job,
  restored,
  resealed,
  erasure,
  jobPage: v.object({ recoveries: v.array(job), cursor: v.optional(v.string()) }),
  link: v.object({ url: v.string(), expiresAt: TIME }),
  connectionHealth: v.object({
    action: v.picklist(["none", "wait", "relink"]),
    suspended: v.optional(v.literal(true)),
    since: v.optional(TIME),
    url: v.optional(v.string()),
  }),
  eventPage: v.object({ events: v.array(undelivered), cursor: v.optional(v.string()) }),
  replayed: v.object({ replayed: v.number(), unknown: v.optional(v.array(v.string())) }),
  health: v.object({ status: v.literal("ok"), version: v.string() }),
  readiness: v.object({
    status: v.literal("ready"),
    checks: v.optional(v.object({ kv: v.literal("ok"), object: v.literal("ok"), queue: v.literal("ok") })),
  }),
  openApi: v.looseObject({ openapi: v.string() }),
  taken: v.object({ taken: v.boolean() }),
} as const;
