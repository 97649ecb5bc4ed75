import { deepEqual, equal, match } from "node:assert/strict";
import type { HistoryEntry } from "../../../src/worker/connection/connection_api.ts";
import { eventsOf } from "../../../src/worker/connection/connection_events.ts";
import type { ChangeType } from "../../../src/worker/directory/change_type.ts";
import type { DirectoryRow, DirectoryStatus } from "../../../src/worker/directory/directory_api.ts";
import { endpointEvent } from "../../../src/worker/events/endpoint_event.ts";
import type { EventEndpointApi, UndeliveredEvent } from "../../../src/worker/events/endpoint_api.ts";
import { OWN_EVENT_TYPES } from "../../../src/worker/events/own_event.ts";
import { listEvents, replayEvents } from "../../../src/worker/events/undelivered.ts";
import { jobEnded } from "../../../src/worker/recovery_job/job_ended.ts";
import { OWN_EVENTS } from "../../../tasks/openapi/own_event_meanings.ts";
import { ROOT } from "../../project/root.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const TARGET = { locationId: "loc" };

function happened(
  before: DirectoryStatus | undefined,
  status: DirectoryStatus,
  changes: readonly ChangeType[] = [],
  row: Partial<DirectoryRow> = {},
  history: readonly HistoryEntry[] = [],
) {
  const whole = { kind: "location", id: "loc", status, since: NOW - 5_000, ...row } as const;
  return eventsOf(
    TARGET,
    before,
    { row: whole, changes: changes.map((type) => ({ type, at: NOW })) },
    history,
  );
}

Deno.test("what a change of status is called, and what is no event", () => {
  const cases:
    readonly (readonly [DirectoryStatus | undefined, DirectoryStatus, ChangeType[], string | undefined])[] = [
      [undefined, "connected", ["saved"], "installed"],
      [undefined, "connected", ["installed", "recovered"], "installed"],
      [undefined, "connected", ["recovered"], "recovered"],
      ["forgotten", "connected", ["saved"], "installed"],
      ["connected", "connected", [], undefined],
      ["connected", "connected", ["saved"], undefined],
      ["connected", "connected", ["recovered"], "recovered"],
      ["broken", "connected", ["recovered"], "recovered"],
      ["broken", "connected", [], "recovered"],
      ["reauthorization_required", "connected", ["saved"], "recovered"],
      ["paused", "connected", ["resumed"], "resumed"],
      [undefined, "broken", ["failed"], "lost"],
      ["connected", "broken", ["failed"], "lost"],
      ["broken", "broken", ["failed"], undefined],
      ["connected", "paused", ["paused"], "paused"],
      ["paused", "paused", ["paused"], undefined],
      ["broken", "reauthorization_required", ["reauthorization_required"], "reauthorization_required"],
      ["reauthorization_required", "reauthorization_required", ["reauthorization_required"], undefined],
      ["connected", "forgotten", ["uninstalled"], "uninstalled"],
      ["paused", "forgotten", ["forgotten"], "uninstalled"],
      ["forgotten", "forgotten", ["forgotten"], undefined],
      [undefined, "forgotten", ["forgotten"], undefined],
    ];
  for (const [before, now, changes, expected] of cases) {
    const types = happened(before, now, changes).map(({ type }) => type.replace("connection.", ""));
    deepEqual(types, expected ? [expected] : [], `${before} → ${now} with ${changes}`);
  }
});

Deno.test("an event says which connection, where it stands, why, and how it came back; never more", () => {
  const row = { name: "Acme", companyId: "c", cause: "invalid_grant/scope", traceId: "t" } as const;
  const [lost] = happened("connected", "broken", ["failed"], row);
  match(lost?.id ?? "", /^evt_[0-9a-f]{32}$/);
  deepEqual({ ...lost, id: "" }, {
    id: "",
    type: "connection.lost",
    version: 1,
    timestamp: new Date(NOW - 5_000).toISOString(),
    data: {
      target: TARGET,
      name: "Acme",
      companyId: "c",
      status: "broken",
      cause: "invalid_grant/scope",
      traceId: "t",
    },
  });
  const history = [
    { type: "refreshed", at: 3, by: "refresh", traceId: "no" },
    { type: "recovered", at: 2, by: "agency", traceId: "t2" },
  ];
  const [back] = happened("broken", "connected", ["recovered"], {}, history);
  deepEqual(back?.data, { target: TARGET, status: "connected", traceId: "t2", by: "agency" });
  const [gone] = happened("connected", "forgotten", ["uninstalled"]);
  deepEqual(gone?.data, { target: TARGET, status: "forgotten", why: "uninstalled" });
});

Deno.test("that Reconnect is gone is told when the first note of it is written, and back when that is dropped", () => {
  const note = { format: 1, summary: { updatedAt: NOW }, body: "{}" } as const;
  const key = "app/1/reconnect";
  equal(endpointEvent(key, false, note, NOW)?.type, "endpoint.removed");
  equal(endpointEvent(key, true, note, NOW), undefined);
  equal(endpointEvent(key, true, undefined, NOW)?.type, "endpoint.back");
  equal(endpointEvent(key, false, undefined, NOW), undefined);
  equal(endpointEvent("app/1/other", false, note, NOW), undefined);
});

Deno.test("a job's end has one id, however often it is told", () => {
  const ends = { recovered: 3, paused: 0, reauthorization_required: 1, failed: 0 };
  const job = {
    id: "j1",
    status: "done",
    startedBy: "admin",
    createdAt: "2026-11-27T11:00:00.000Z",
    progressAt: "2026-11-27T11:30:00.000Z",
    finishedAt: "2026-11-27T11:31:00.000Z",
    total: 4,
    remaining: 0,
    ...ends,
  } as const;
  const event = jobEnded(job);
  deepEqual(event, jobEnded(job));
  deepEqual([event.id, event.type, event.timestamp], ["evt_jobj1", "job.ended", "2026-11-27T11:31:00.000Z"]);
  deepEqual([event.data.jobId, event.data.status, event.data.recovered], ["j1", "done", 3]);
});

Deno.test("docs/EVENTS.md and the OpenAPI document name every event", async () => {
  const doc = await Deno.readTextFile(`${ROOT}/docs/EVENTS.md`);
  const { webhooks } = JSON.parse(await Deno.readTextFile(`${ROOT}/src/worker/assets/openapi.json`));
  deepEqual(Object.keys(webhooks), [...OWN_EVENT_TYPES]);
  deepEqual(Object.keys(OWN_EVENTS), [...OWN_EVENT_TYPES]);
  for (const type of OWN_EVENT_TYPES) equal(doc.includes("`" + type + "`"), true, type);
});

/** An address's object with these events. */
function endpointWith(place: number, events: readonly UndeliveredEvent[]) {
  const api: EventEndpointApi = {
    take: () => Promise.resolve(),
    list: ({ state, limit, before }) =>
      Promise.resolve(
        events.filter((one) =>
          one.state === state &&
          (!before || one.at < before.at || one.at === before.at && one.id > before.id)
        ).toSorted((one, other) => other.at - one.at || (one.id < other.id ? -1 : 1)).slice(0, limit),
      ),
    counts: () => Promise.resolve({ waiting: 0, dead: events.length }),
    erase: () => Promise.resolve({ waiting: 0, dead: 0 }),
    replay: ({ ids }) => Promise.resolve(events.map(({ id }) => id).filter((id) => !ids || ids.includes(id))),
  };
  return { place, origin: `https://${place}.example`, name: `${place}`, api };
}

Deno.test("events of several addresses are one list, newest first, in pages that neither repeat nor miss any", async () => {
  const event = (id: string, at: number): UndeliveredEvent => ({
    id,
    type: "T",
    at,
    state: "dead",
    tries: 1,
  });
  const all = Array.from({ length: 23 }, (_, at) => event(`e${at}`, NOW + Math.floor(at / 3)));
  const endpoints = [0, 1, 2].map((place) =>
    endpointWith(place + 1, all.filter((_, at) => at % 3 !== place))
  );
  for (const limit of [1, 4, 7, 23, 100]) {
    const seen: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const page: Awaited<ReturnType<typeof listEvents>> = await listEvents(endpoints, {
        state: "dead",
        limit,
        cursor,
      });
      for (const { id, deliveries } of page.events) {
        seen.push(id);
        equal(deliveries.length, 2, id);
      }
      cursor = page.cursor;
    }
    const sorted = all.toSorted((one, other) => other.at - one.at || (one.id < other.id ? -1 : 1));
    deepEqual(seen, sorted.map(({ id }) => id), `pages of ${limit}`);
  }
  deepEqual(await replayEvents(endpoints, { ids: ["e1", "nothing"] }), { replayed: 1, unknown: ["nothing"] });
  deepEqual(await replayEvents(endpoints, {}), { replayed: 23 });
});
