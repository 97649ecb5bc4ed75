import { deepEqual, equal } from "node:assert/strict";
import {
  campaignStatus,
  isWrittenTo,
  memberState,
  sightingOf,
} from "../../../src/worker/directory/campaign_rules.ts";
import type { MemberState } from "../../../src/worker/directory/campaign_api.ts";
import type { KeptRow } from "../../../src/worker/directory/directory_api.ts";

const BEGAN = 1_000;

Deno.test("a campaign runs until all are back, or until its links have ended", () => {
  equal(campaignStatus({ missing: 3, endsAt: 2_000 }, 1_999), "running");
  equal(campaignStatus({ missing: 3, endsAt: 2_000 }, 2_000), "over");
  equal(campaignStatus({ missing: 0, endsAt: 2_000 }, 1_500), "done");
  equal(campaignStatus({ missing: 0, endsAt: 2_000 }, 9_000), "done", "also by those who came late");
});

Deno.test("each stands where its link, its agency, and how it ended say", () => {
  const cases: readonly (readonly [Parameters<typeof memberState>[0], MemberState])[] = [
    [{ isAsked: true, openedAt: undefined, endedBy: undefined }, "waiting"],
    [{ isAsked: true, openedAt: 1, endedBy: undefined }, "opened"],
    [{ isAsked: false, openedAt: undefined, endedBy: undefined }, "following"],
    [{ isAsked: false, openedAt: 1, endedBy: undefined }, "opened"],
    [{ isAsked: true, openedAt: 1, endedBy: "person" }, "person"],
    [{ isAsked: false, openedAt: undefined, endedBy: "agency" }, "agency"],
    [{ isAsked: true, openedAt: undefined, endedBy: "itself" }, "itself"],
    [{ isAsked: true, openedAt: 1, endedBy: "gone" }, "gone"],
  ];
  for (const [member, state] of cases) equal(memberState(member), state, JSON.stringify(member));
});

Deno.test("who is asked and not back is written to, unless somebody suspended the connection meanwhile", () => {
  equal(isWrittenTo({ isAsked: true, cause: "invalid_grant" }), true);
  equal(isWrittenTo({ isAsked: true, cause: "location_inactive" }), true, "paused by HighLevel");
  equal(isWrittenTo({ isAsked: true, cause: "location_inactive/suspended" }), false);
  equal(isWrittenTo({ isAsked: false }), false);
  equal(isWrittenTo({ isAsked: true, endedAt: 1 }), false);
});

Deno.test("a row ends the waiting once it is connected, by whoever brought it back; a link opened before counts for none", () => {
  const row: KeptRow = { kind: "location", id: "L1", status: "reauthorization_required", since: 1 };
  deepEqual(sightingOf(row, BEGAN), { is: "nothing" });
  deepEqual(sightingOf({ ...row, linkOpenedAt: BEGAN - 1 }, BEGAN), { is: "nothing" });
  deepEqual(sightingOf({ ...row, linkOpenedAt: BEGAN }, BEGAN), { is: "opened", at: BEGAN });
  for (const status of ["broken", "paused"] as const) {
    deepEqual(sightingOf({ ...row, status }, BEGAN), { is: "nothing" });
  }
  for (const by of ["person", "agency", "itself"] as const) {
    deepEqual(sightingOf({ ...row, status: "connected", returnedBy: by }, BEGAN), { is: "ended", by });
  }
  deepEqual(sightingOf({ ...row, status: "connected" }, BEGAN), { is: "ended", by: "itself" });
  deepEqual(sightingOf(undefined, BEGAN), { is: "ended", by: "gone" });
});
