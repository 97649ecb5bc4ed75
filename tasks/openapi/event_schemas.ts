import * as v from "valibot";
import type { OwnEventType } from "../../src/worker/events/own_event.ts";
import { targetSchema } from "../../src/worker/http/schemas.ts";
import { answerSchemas } from "./answer_schemas.ts";

const TIME = v.pipe(v.string(), v.isoTimestamp());
const { id: jobId, ...job } = answerSchemas.job.entries;

/** What events tell, by the beginning of their names. */
const DATA = {
  connection: v.object({
    target: targetSchema,
    status: v.picklist(["connected", "broken", "paused", "reauthorization_required", "forgotten"]),
    name: v.optional(v.string()),
    companyId: v.optional(v.string()),
    cause: v.optional(v.pipe(v.string(), v.description("A code, or code/reason"))),
    traceId: v.optional(v.pipe(v.string(), v.description("HighLevel's trace id"))),
    by: v.optional(v.picklist(["store", "refresh", "reconnect", "agency"])),
    why: v.optional(v.picklist(["uninstalled", "forgotten"])),
  }),
  link: v.object({
    target: targetSchema,
    name: v.optional(v.string()),
    agency: v.optional(v.string()),
    campaign: v.string(),
    link: v.pipe(v.string(), v.description("Where a person connects again")),
    expiresAt: TIME,
    messages: v.record(v.string(), v.unknown()),
  }),
  endpoint: v.object({ endpoint: v.literal("reconnect") }),
  job: v.object({ jobId, ...job }),
};

/** The JSON of an event of our own. */
export function eventSchema(type: OwnEventType): v.GenericSchema {
  const [what = ""] = type === "connection.link" ? ["link"] : type.split(".");
  return v.object({
    id: v.pipe(v.string(), v.description("The same in every repeat, as in the header webhook-id")),
    type: v.literal(type),
    version: v.literal(1),
    timestamp: TIME,
    data: Object.entries(DATA).find(([name]) => name === what)?.[1] ?? DATA.connection,
  });
}
