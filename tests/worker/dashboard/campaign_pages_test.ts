import assert from "node:assert/strict";
import english from "../../../src/worker/assets/words.en.json" with { type: "json" };
import { campaignPage } from "../../../src/worker/dashboard/campaign_page.tsx";
import { planPage } from "../../../src/worker/dashboard/plan_page.tsx";
import type { View } from "../../../src/worker/dashboard/view.ts";
import type { AgencyPlan } from "../../../src/worker/directory/agency_plan.ts";
import type { CampaignMember, CountedCampaign } from "../../../src/worker/directory/campaign_api.ts";

const view: View = {
  words: english,
  locale: "en-GB",
  zone: "UTC",
  base: "/hl",
  path: "/hl/ui/plan",
  role: "admin",
  now: 10_000,
};
const plan: AgencyPlan = {
  agencies: [
    { companyId: "c1", name: "Northwind & Sons", state: "lost", locations: 1_280 },
    { companyId: "c2", state: "connected", locations: 3 },
  ],
  alone: [{ locationId: "l1", name: "<b>Alder</b>", companyId: "c9", cause: "invalid_grant", since: 1_000 }],
  locations: 1_284,
  ways: { agency: 1_280, itself: 3, person: 1 },
  cursor: "next",
  isComplete: false,
};
const campaign: CountedCampaign = {
  id: "id1",
  status: "running",
  startedBy: "admin",
  createdAt: 1_000,
  endsAt: 90_000,
  source: { kind: "targets" },
  total: 10,
  asked: 4,
  missing: 7,
  states: { waiting: 2, opened: 1, following: 4, person: 1, agency: 1, itself: 1, gone: 0 },
};
const members: readonly CampaignMember[] = [
  {
    kind: "company",
    id: "c1",
    state: "opened",
    isAsked: true,
    openedAt: 5_000,
    name: "Northwind",
    status: "broken",
  },
  { kind: "location", id: "l1", state: "following", isAsked: false, agency: "Northwind" },
];

Deno.test("the plan's page says what each agency brings back and who is left, with links to copy for an admin only", () => {
  const link = "https://worker.example/r/token";
  const html = String(planPage(view, { plan, status: "reauthorization_required", linkOf: () => link }).body);
  for (
    const text of [
      "Northwind &amp; Sons",
      ">1,280<",
      "&lt;b&gt;Alder&lt;/b&gt;",
      "being rebuilt",
      "The first 1 are shown",
    ]
  ) {
    assert.ok(html.includes(text), text);
  }
  assert.ok(html.includes(english.planStates.connected));
  assert.equal(html.split(`data-copy="${link}"`).length - 1, 3);
  const viewer = { ...view, role: "viewer" as const };
  const seen = String(planPage(viewer, { plan, status: "broken", linkOf: () => undefined }).body);
  assert.ok(!seen.includes("data-copy") && !seen.includes("<form"));
  const none: AgencyPlan = { ...plan, agencies: [], alone: [], isComplete: true };
  assert.ok(
    String(planPage(view, { plan: none, status: "broken", linkOf: () => link }).body).includes(
      english.planNone,
    ),
  );
});

Deno.test("a campaign's page counts every state, keeps what was written, and hands out the files", () => {
  const messages = [{ code: "en", language: "English", text: "Hi </textarea> {link}" }] as const;
  const parts = {
    campaign,
    page: { members, cursor: "9" },
    which: "all",
    linkOf: () => undefined,
    messages,
    isMailed: true,
  } as const;
  const html = String(campaignPage(view, { ...parts, did: "kept" }).body);
  for (const state of ["waiting", "opened", "following", "person", "agency", "itself"] as const) {
    assert.ok(html.includes(english.memberStates[state]), state);
  }
  assert.ok(!html.includes(english.memberStates.gone), "of nobody");
  assert.ok(html.includes("<bdi>Northwind</bdi>"), "a name of any direction turns nothing around it");
  assert.equal(html.split(english.notKnown).length - 1, 1, "only of what has no row");
  assert.ok(html.includes("Hi &lt;/textarea&gt; {link}"));
  assert.ok(html.includes(`href="/hl/campaigns/id1.csv?which=missing&amp;lang=en"`));
  assert.ok(html.includes(`href="/hl/ui/campaigns/id1?which=all&amp;cursor=9"`));
  assert.ok(html.includes("Links to send: 4. Connections they bring back: 10."));
  assert.ok(html.includes(english.messageKept) && html.includes(english.sendLinks));
  const done = { ...parts, campaign: { ...campaign, status: "done" as const }, did: undefined };
  assert.ok(!String(campaignPage({ ...view, role: "viewer" }, done).body).includes(english.csvMissing));
});
