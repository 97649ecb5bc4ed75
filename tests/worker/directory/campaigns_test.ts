import { deepEqual, equal, ok } from "node:assert/strict";
import type {
  CampaignSource,
  CountedCampaign,
  NewCampaign,
} from "../../../src/worker/directory/campaign_api.ts";
import { Campaigns } from "../../../src/worker/directory/campaigns.ts";
import { ConnectionRows } from "../../../src/worker/directory/connection_rows.ts";
import type { KeptRow } from "../../../src/worker/directory/directory_api.ts";
import type { DirectorySql } from "../../../src/worker/directory/directory_sql.ts";
import { eraseRow } from "../../../src/worker/directory/erase_row.ts";
import { directoryDatabase } from "./directory_database.ts";

const LOST = "reauthorization_required";
const BEGAN = 10_000;
const ENDS = 20_000;
const DAY_MS = 86_400_000;

function world(): {
  sql: DirectorySql;
  rows: ConnectionRows;
  campaigns: Campaigns;
  put: (row: Partial<KeptRow> & { id: string }) => void;
} {
  const sql = directoryDatabase();
  const rows = new ConnectionRows(sql);
  let seq = 0;
  return {
    sql,
    rows,
    campaigns: new Campaigns(sql),
    put: (row) => rows.put({ kind: "location", status: LOST, since: 100, ...row }, ++seq, 200 + seq),
  };
}

function wanted(source: CampaignSource, more: Partial<NewCampaign> = {}): NewCampaign {
  return { id: "one", source, targets: [], startedBy: "admin", createdAt: BEGAN, endsAt: ENDS, ...more };
}

const BY_STATUS: CampaignSource = { kind: "status", status: LOST, agencyFirst: true };

function counted(campaigns: Campaigns, id = "one", now = BEGAN): CountedCampaign {
  const campaign = campaigns.get(id, now);
  ok(campaign, `${id} is there`);
  const sum = Object.values(campaign.states).reduce((one, other) => one + other, 0);
  equal(sum, campaign.total, "the counts add up");
  return campaign;
}

Deno.test("of two agencies a campaign asks the one first that brings back more", () => {
  const { campaigns, put } = world();
  for (const id of ["a", "b", "c"]) put({ kind: "company", id });
  put({ id: "l1", companyId: "b" });
  for (const id of ["l2", "l3"]) put({ id, companyId: "c" });
  campaigns.begin(wanted(BY_STATUS), BEGAN);
  const { members } = campaigns.members("one", { which: "asked", limit: 10 });
  deepEqual(members.map(({ id }) => id), ["c", "b", "a"]);
});

Deno.test("a campaign asks agencies first, and follows everybody until the last one is back", () => {
  const { campaigns, put, rows } = world();
  put({ kind: "company", id: "c1", name: "Agency" });
  for (const id of ["l1", "l2", "l3"]) put({ id, companyId: "c1", name: id.toUpperCase() });
  put({ id: "alone", cause: "invalid_grant", companyId: "unheard" });
  put({ id: "well", status: "connected" });

  const begun = campaigns.begin(wanted(BY_STATUS), BEGAN);
  deepEqual([begun?.total, begun?.asked, begun?.missing, begun?.status], [5, 2, 5, "running"]);
  deepEqual(campaigns.begin(wanted(BY_STATUS), BEGAN), begun, "begun again it stays");
  const people = (which: "all" | "asked" | "missing") =>
    campaigns.members("one", { which, limit: 10 }).members;
  deepEqual(people("asked").map(({ kind, id, state }) => [kind, id, state]), [
    ["company", "c1", "waiting"],
    ["location", "alone", "waiting"],
  ]);
  deepEqual(people("all").slice(2).map(({ id, state, agency }) => [id, state, agency]), [
    ["l1", "following", "Agency"],
    ["l2", "following", "Agency"],
    ["l3", "following", "Agency"],
  ]);

  put({ id: "alone", companyId: "unheard", linkOpenedAt: BEGAN - 5 });
  equal(counted(campaigns).states.opened, 0, "an older link was opened");
  put({ id: "alone", companyId: "unheard", linkOpenedAt: BEGAN + 5 });
  put({
    kind: "company",
    id: "c1",
    status: "connected",
    returnedAt: BEGAN + 9,
    returnedBy: "person",
    linkOpenedAt: BEGAN + 8,
  });
  put({ id: "l1", companyId: "c1", status: "connected", returnedAt: BEGAN + 10, returnedBy: "agency" });
  put({ id: "l2", companyId: "c1", status: "connected" });
  rows.remove({ kind: "location", id: "l3" }, 99, BEGAN + 11);
  const { states, missing, status } = counted(campaigns);
  deepEqual(states, { waiting: 0, opened: 1, following: 0, person: 1, agency: 1, itself: 1, gone: 1 });
  deepEqual([missing, status], [1, "running"]);
  deepEqual(people("missing").map(({ id, openedAt }) => [id, openedAt]), [["alone", BEGAN + 5]]);
  const agency = people("all")[0];
  deepEqual(
    [agency?.openedAt, agency?.endedAt],
    [BEGAN + 8, BEGAN + 9],
    "opened and done were told together",
  );

  put({ id: "l1", companyId: "c1" });
  equal(counted(campaigns).missing, 1, "what is lost again is another story");
  equal(counted(campaigns, "one", ENDS).status, "over");
  put({ id: "alone", companyId: "unheard", status: "connected", returnedBy: "person" });
  const done = counted(campaigns, "one", ENDS);
  deepEqual([done.status, done.missing], ["done", 0]);
  ok(done.finishedAt !== undefined);
});

Deno.test("whom a campaign is about: a status, an agency, or those who were named; nobody makes none", () => {
  const { campaigns, put } = world();
  put({ kind: "company", id: "c1" });
  put({ kind: "company", id: "c2", status: "connected", since: 150 });
  put({ id: "l1", companyId: "c1" });
  put({ id: "l2", companyId: "c2" }); // tried since its agency is connected
  put({ id: "b1", status: "broken" });
  put({ id: "well", status: "connected" });
  const asked = (id: string, source: CampaignSource, more: Partial<NewCampaign> = {}): string => {
    if (!campaigns.begin(wanted(source, { id, ...more }), BEGAN)) return "nobody";
    return campaigns.members(id, { which: "asked", limit: 10 }).members.map(({ id }) => id).join();
  };
  equal(asked("a", BY_STATUS), "c1,l2");
  equal(asked("b", { ...BY_STATUS, agencyFirst: false }), "c1,l1,l2");
  equal(asked("c", { ...BY_STATUS, companyId: "c1" }), "c1");
  equal(asked("d", { ...BY_STATUS, companyId: "c2" }), "l2");
  equal(asked("e", { ...BY_STATUS, status: "broken" }), "b1");
  const targets = ["l1", "well", "unheard"].map((id) => ({ kind: "location" as const, id }));
  equal(asked("f", { kind: "targets" }, { targets }), "l1,unheard");
  equal(asked("g", { kind: "targets" }, { targets: targets.slice(1, 2) }), "nobody");
  equal(asked("h", { ...BY_STATUS, companyId: "c9" }), "nobody");

  put({ id: "unheard", status: "connected" });
  equal(counted(campaigns, "f").states.itself, 1, "also who became known only later");
});

Deno.test("who was named twice is asked once", () => {
  const { campaigns, put } = world();
  put({ id: "l1" });
  const l1 = { kind: "location", id: "l1" } as const;
  const begun = campaigns.begin(
    wanted({ kind: "targets" }, { targets: [l1, l1, { kind: "company", id: "l1" }, { ...l1 }] }),
    BEGAN,
  );
  deepEqual([begun?.total, begun?.asked], [2, 2]);
});

Deno.test("who was to come back with an agency, and does not, is asked itself", () => {
  const { campaigns, put, rows } = world();
  put({ kind: "company", id: "c1" });
  put({ kind: "company", id: "c2" });
  for (const id of ["l1", "l2", "l3"]) put({ id, companyId: "c1", traceId: "first" });
  for (const id of ["m1", "m2"]) put({ id, companyId: "c2" });
  campaigns.begin(wanted(BY_STATUS), BEGAN);
  const asked = (): (string | undefined)[] =>
    campaigns.members("one", { which: "missing", limit: 100 }).members.map(({ id }) => id);
  deepEqual(asked(), ["c1", "c2"]);

  put({ kind: "company", id: "c1", status: "connected", since: 207, returnedAt: 207, returnedBy: "person" });
  deepEqual(asked(), ["c2"], "its locations are being brought back");
  put({ id: "l1", companyId: "c1", status: "connected", returnedAt: 208, returnedBy: "agency" });
  put({ id: "l2", companyId: "c1", status: "broken", traceId: "second" });
  deepEqual(asked(), ["c2"], "one that is broken is tried again by itself");
  put({ id: "l3", companyId: "c1", traceId: "first", linkOpenedAt: 9_000 });
  deepEqual(asked(), ["c2"], "one whose link was opened was not tried by that");
  put({ id: "l3", companyId: "c1", traceId: "second" });
  deepEqual(asked(), ["c2", "l3"], "one that the agency's token was refused for");
  deepEqual([counted(campaigns).asked, counted(campaigns).states.waiting], [3, 2]);
  put({ id: "l3", companyId: "c1", traceId: "third" });
  equal(counted(campaigns).asked, 3, "once");

  put({ kind: "company", id: "c2", status: "connected", since: 100 });
  equal(counted(campaigns).asked, 3, "whatever the moments: nobody was tried since");
  rows.drop({ kind: "company", id: "c2" });
  deepEqual(asked(), ["l3", "m1", "m2"], "those whose agency went");
  equal(counted(campaigns).asked, 5);
});

Deno.test("campaigns are listed newest first, their message is kept, and they go by hand or long after their end", () => {
  const { campaigns, put } = world();
  put({ id: "l1" });
  for (const n of [1, 2, 3, 4, 5]) {
    campaigns.begin(wanted(BY_STATUS, { id: `c${n}`, createdAt: BEGAN + (n > 3 ? 3 : n) }), BEGAN);
  }
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = campaigns.page({ limit: 2, ...(cursor !== undefined && { cursor }) }, BEGAN);
    ids.push(...page.campaigns.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  deepEqual(ids, ["c3", "c4", "c5", "c2", "c1"]);

  campaigns.edit("c1", { en: `Say "hi": {link}` });
  deepEqual(campaigns.get("c1", BEGAN)?.message, { en: `Say "hi": {link}` });
  equal(campaigns.drop("c1"), true);
  equal(campaigns.drop("c1"), false);
  deepEqual(campaigns.members("c1", { which: "all", limit: 10 }).members, []);
  campaigns.begin(wanted(BY_STATUS, { id: "late" }), ENDS + 91 * DAY_MS);
  deepEqual(campaigns.page({ limit: 9 }, BEGAN).campaigns.map(({ id }) => id), ["late"]);
});

Deno.test("what is erased is gone from campaigns, and nobody learns from them who it was", () => {
  const { campaigns, put, rows, sql } = world();
  put({ id: "l1", name: "Alder" });
  const targets = ["l1", "never"].map((id) => ({ kind: "location" as const, id }));
  campaigns.begin(wanted({ kind: "targets" }, { targets }), BEGAN);
  for (const key of targets) eraseRow(sql, rows, key, BEGAN + 1);
  const { states, status } = counted(campaigns);
  deepEqual([states.gone, status], [2, "done"]);
  const { members } = campaigns.members("one", { which: "all", limit: 10 });
  deepEqual(members.map(({ id, name }) => [id, name]), [["erased", undefined], ["erased", undefined]]);
});

Deno.test("people are sent an event in turns, each once a round, and only who is asked and not back", () => {
  const { campaigns, put } = world();
  put({ kind: "company", id: "c1" });
  put({ id: "follows", companyId: "c1" });
  for (const id of ["a1", "a2", "a3"]) put({ id });
  campaigns.begin(wanted(BY_STATUS), BEGAN);
  equal(campaigns.nextToSend(2, BEGAN), undefined, "nobody said so");
  const round = (): string[] => {
    const sent: string[] = [];
    for (let turn = campaigns.nextToSend(2, BEGAN); turn; turn = campaigns.nextToSend(2, BEGAN)) {
      sent.push(...turn.members.map(({ id }) => `${id} ${turn.round}`));
      campaigns.startSending("one"); // once more by accident: it goes on
      campaigns.noteSent("one", turn.cursor);
    }
    return sent;
  };
  campaigns.startSending("one");
  deepEqual(round(), ["c1 1", "a1 1", "a2 1", "a3 1"]);
  put({ id: "a2", status: "connected" });
  campaigns.startSending("one");
  deepEqual(round(), ["c1 2", "a1 2", "a3 2"]);
  put({ id: "a1", status: "paused", cause: "location_inactive/suspended" });
  campaigns.startSending("one");
  deepEqual(round(), ["c1 3", "a3 3"], "who is suspended meanwhile gets no mail");
});

Deno.test("with an agency that is suspended nobody is asked in its place; with one that HighLevel paused they are", () => {
  const { campaigns, put } = world();
  put({ kind: "company", id: "c1" });
  put({ id: "a1", companyId: "c1" });
  campaigns.begin(wanted(BY_STATUS), BEGAN);
  equal(counted(campaigns).asked, 1);
  put({ kind: "company", id: "c1", status: "paused", cause: "location_inactive/suspended" });
  equal(counted(campaigns).asked, 1);
  put({ kind: "company", id: "c1", status: "paused", cause: "location_inactive" });
  equal(counted(campaigns).asked, 2);
});

Deno.test("members of 10,000 come in pages, each once, and one more row told costs one look", () => {
  const { campaigns, put } = world();
  const targets = Array.from({ length: 10_000 }, (_, n) => ({ kind: "location" as const, id: `l${n}` }));
  equal(campaigns.begin(wanted({ kind: "targets" }, { targets }), BEGAN)?.total, 10_000);
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = campaigns.members("one", {
      which: "missing",
      limit: 999,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id } of page.members) seen.add(id);
    cursor = page.cursor;
  } while (cursor !== undefined);
  equal(seen.size, 10_000);
  put({ id: "l77", status: "connected" });
  equal(counted(campaigns).missing, 9_999);
});
