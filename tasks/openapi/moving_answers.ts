import * as v from "valibot";
import { targetSchema } from "../../src/worker/http/schemas.ts";

const TIME = v.pipe(v.string(), v.isoTimestamp());

/** What became of the lines of an export. */
export const restored = v.object({
  taken: v.number(),
  older: v.number(),
  bad: v.number(),
  failed: v.number(),
  dryRun: v.optional(v.literal(true)),
  lines: v.array(v.object({
    line: v.number(),
    target: v.optional(targetSchema),
    result: v.picklist(["taken", "older", "bad", "failed"]),
    reason: v.optional(v.string()),
  })),
});

/** How far sealing anew has come. */
export const resealed = v.object({
  key: v.string(),
  resealed: v.number(),
  already: v.number(),
  unreadable: v.number(),
  failed: v.number(),
  cursor: v.optional(v.string()),
  oldKeysUnused: v.optional(v.boolean()),
});

/** The receipt of an erasure. */
export const erasure = v.object({
  target: targetSchema,
  erasedAt: TIME,
  erased: v.object({
    object: v.object({
      tokens: v.number(),
      history: v.number(),
      facts: v.number(),
      webhooks: v.number(),
      locations: v.number(),
    }),
    kv: v.object({ tokens: v.number() }),
    directory: v.object({ rows: v.number(), alerts: v.number() }),
    agency: v.object({ locations: v.number() }),
    jobs: v.object({ targets: v.number() }),
    events: v.object({ dead: v.number() }),
  }),
  remains: v.object({
    tombstone: v.object({ in: v.array(v.string()), until: TIME }),
    locations: v.object({ held: v.number() }),
    jobs: v.object({ targets: v.number() }),
    events: v.object({ waiting: v.number() }),
  }),
});
