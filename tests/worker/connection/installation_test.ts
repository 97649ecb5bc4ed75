import { deepEqual, equal, ok } from "node:assert/strict";
import type { ConnectionEvent } from "../../../src/connections/events.ts";
import type { ConnectionRecord } from "../../../src/connections/record.ts";
import { HighLevelError } from "../../../src/oauth/highlevel_error.ts";
import { decide } from "../../../src/worker/connection/installation.ts";
import type {
  Decision,
  Effect,
  InstallationEvent,
} from "../../../src/worker/connection/installation_event.ts";
import { type InstallationFacts, NO_FACTS } from "../../../src/worker/connection/installation_facts.ts";

/*
 * What follows from everything that can happen to an installation, by what is known of it: pure, without workerd.
 */

const NOW = 1_000_000_000;
const LOCATION = { locationId: "loc" } as const;
const COMPANY = { companyId: "acme" } as const;

const tokens = {
  accessToken: "a",
  refreshToken: "r",
  tokenType: "Bearer",
  userType: "Location" as const,
  expiresAt: new Date(NOW + 86_400_000),
  scope: [],
};
const record = (fields: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  target: LOCATION,
  status: "connected",
  tokens,
  accessTokenIssuedAt: NOW - 3_600_000,
  updatedAt: NOW - 3_600_000,
  ...fields,
});
const forgotten = (at: number): ConnectionRecord => ({
  target: LOCATION,
  status: "forgotten",
  updatedAt: at,
});
const facts = (fields: Partial<InstallationFacts> = {}): InstallationFacts => ({ ...NO_FACTS, ...fields });
const trouble = { since: NOW - 60_000, tries: 1, triedAt: NOW - 30_000 };

/** What an effect does, in a word or two. */
function brief(effect: Effect): string {
  switch (effect.do) {
    case "schedule":
      return effect.attempt ? `${effect.work}+${effect.attempt}` : effect.work;
    case "clear":
      return `clear ${effect.works.join(",")}`;
    case "add_history":
      return `history ${effect.entry.type}`;
    case "count":
      return `count ${effect.type}`;
    case "alert":
      return `alert ${effect.alert}`;
    case "forget":
      return `forget ${effect.why}`;
  }
}

/** What is left of an effect list where only the kinds of work matter. */
function work({ effects }: Decision): string[] {
  return effects.map(brief).filter((text) => !/^(history|count)/.test(text));
}

const INSTALL = { kind: "install_told", details: { companyId: "acme" }, at: NOW } as const;
const TOMORROW = NOW - NOW % 86_400_000 + 86_400_000;
const UNINSTALL = { kind: "uninstall_told", companyId: undefined, at: NOW } as const;
const AGENCY_GONE = { kind: "agency_uninstalled", companyId: "acme", at: NOW } as const;

interface Case {
  readonly given: string;
  readonly facts?: Partial<InstallationFacts>;
  readonly record?: ConnectionRecord;
  readonly target?: { readonly locationId: string } | { readonly companyId: string };
  readonly event: InstallationEvent;
  readonly work: readonly string[];
  readonly then?: { readonly [K in keyof InstallationFacts]?: InstallationFacts[K] | undefined };
}

const CASES: readonly Case[] = [
  // INSTALL
  { given: "an INSTALL of what is not known", event: INSTALL, work: ["install"], then: { installedAt: NOW } },
  {
    given: "an INSTALL of a healthy connection",
    record: record(),
    event: INSTALL,
    work: ["install"],
    then: { details: { companyId: "acme" } },
  },
  {
    given: "an INSTALL after an UNINSTALL",
    facts: { uninstalledAt: NOW - 1 },
    event: INSTALL,
    work: ["install"],
  },
  {
    given: "an INSTALL older than an UNINSTALL",
    facts: { uninstalledAt: NOW + 1 },
    event: INSTALL,
    work: [],
  },
  { given: "an INSTALL older than a DELETE", facts: { forgottenAt: NOW + 1 }, event: INSTALL, work: [] },
  {
    given: "an INSTALL older than another one: it only fills gaps",
    facts: { installedAt: NOW + 5, details: { companyId: "next" } },
    event: { ...INSTALL, details: { companyId: "acme", name: "Acme" } },
    work: ["install"],
    then: { installedAt: NOW + 5, details: { name: "Acme", companyId: "next" } },
  },
  {
    given: "an INSTALL older than tokens: what the record says stands",
    facts: { installedAt: NOW + 5 },
    record: record({ companyId: "next" }),
    event: INSTALL,
    work: ["install"],
    then: { details: {} },
  },
  // UNINSTALL
  {
    given: "an UNINSTALL",
    record: record(),
    event: UNINSTALL,
    work: ["forget uninstalled"],
    then: { uninstalledAt: NOW },
  },
  {
    given: "an UNINSTALL older than an installation",
    facts: { installedAt: NOW + 1 },
    event: UNINSTALL,
    work: [],
  },
  {
    given: "an UNINSTALL older than another one",
    facts: { uninstalledAt: NOW + 9 },
    event: UNINSTALL,
    work: ["forget uninstalled"],
    then: { uninstalledAt: NOW + 9 },
  },
  {
    given: "an UNINSTALL of an agency",
    target: COMPANY,
    event: UNINSTALL,
    work: ["uninstall", "forget uninstalled"],
  },
  {
    given: "an UNINSTALL that names an agency which the location has left",
    record: record({ companyId: "next", otherCompanyId: "acme" }),
    event: { ...UNINSTALL, companyId: "acme" },
    work: [],
  },
  {
    given: "an UNINSTALL that names its agency",
    record: record({ companyId: "acme", otherCompanyId: "old" }),
    event: { ...UNINSTALL, companyId: "acme" },
    work: ["forget uninstalled"],
  },
  // The agency's UNINSTALL
  {
    given: "its agency's UNINSTALL",
    record: record({ companyId: "acme" }),
    event: AGENCY_GONE,
    work: ["forget uninstalled"],
    then: { uninstalledAt: NOW },
  },
  { given: "an agency's UNINSTALL, and no agency known", event: AGENCY_GONE, work: ["forget uninstalled"] },
  {
    given: "the UNINSTALL of an agency that it left",
    facts: { knownAt: "acme", details: { companyId: "next" } },
    record: record({ companyId: "acme" }),
    event: AGENCY_GONE,
    work: [],
    then: { knownAt: undefined },
  },
  {
    given: "its agency's UNINSTALL, older than its own installation",
    facts: { installedAt: NOW + 1, knownAt: "acme" },
    record: record({ companyId: "acme" }),
    event: AGENCY_GONE,
    work: [],
    then: { knownAt: undefined },
  },
  // Saving
  {
    given: "tokens that are about to be saved",
    facts: { changes: 3, details: { name: "Acme" } },
    event: { kind: "saving", details: { companyId: "acme" } },
    work: [],
    then: { changes: 4, installedAt: NOW, details: { name: "Acme", companyId: "acme" } },
  },
  {
    given: "imported tokens that were saved",
    facts: { changes: 4, details: { name: "Acme" }, trouble },
    record: record(),
    event: { kind: "saved", how: "imported", change: 4, details: { name: "Acme" } },
    work: ["clear install,uninstall", "alert back"],
    then: { details: {}, trouble: undefined, returned: { at: NOW, by: "itself" } },
  },
  {
    given: "tokens that a person brought",
    facts: { changes: 4 },
    event: { kind: "saved", how: "authorised", change: 4, details: {} },
    work: ["clear install,uninstall", "alert back"],
    then: { returned: { at: NOW, by: "person" } },
  },
  {
    given: "tokens that its agency gave",
    facts: { changes: 4 },
    event: { kind: "saved", how: "minted", change: 4, details: {} },
    work: ["clear install,uninstall", "alert back"],
    then: { returned: { at: NOW, by: "agency" } },
  },
  {
    given: "a company's tokens that were saved",
    target: COMPANY,
    facts: { changes: 4 },
    event: { kind: "saved", how: "authorised", change: 4, details: {} },
    work: ["clear install,uninstall", "mint", "bring_back", "alert back"],
  },
  {
    given: "a company's tokens that were imported: no click of anybody's",
    target: COMPANY,
    facts: { changes: 4 },
    event: { kind: "saved", how: "imported", change: 4, details: {} },
    work: ["clear install,uninstall", "mint", "alert back"],
  },
  {
    given: "tokens that were saved, and something else since",
    facts: { changes: 5, trouble },
    event: { kind: "saved", how: "imported", change: 4, details: {} },
    work: [],
    then: { trouble },
  },
  {
    given: "details told while tokens were being saved: they stay",
    facts: { changes: 4, details: { name: "Acme", versionId: "v2" } },
    event: { kind: "saved", how: "imported", change: 4, details: { name: "Acme" } },
    work: ["clear install,uninstall", "alert back"],
    then: { details: { name: "Acme", versionId: "v2" } },
  },
  // Forgetting
  {
    given: "a DELETE that begins",
    facts: {
      changes: 1,
      installedAt: NOW - 9,
      knownAt: "acme",
      trouble,
      details: { name: "A", companyId: "acme" },
    },
    event: { kind: "forgetting", why: "forgotten" },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: {
      changes: 2,
      forgottenAt: NOW,
      installedAt: undefined,
      knownAt: undefined,
      trouble: undefined,
      details: { companyId: "acme" },
    },
  },
  {
    given: "an UNINSTALL that begins: no word of a person's",
    event: { kind: "forgetting", why: "uninstalled" },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: { forgottenAt: undefined, changes: 1 },
  },
  {
    given: "a DELETE that has ended",
    event: { kind: "forgot", why: "forgotten", was: record({ companyId: "acme", name: "A" }) },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: { details: { companyId: "acme" } },
  },
  // Suspending and resuming
  {
    given: "a suspending",
    record: record(),
    event: { kind: "suspending", reason: "not paid", actor: "anna" },
    work: ["clear install,refresh,heal,mint,bring_back,tell_broken"],
    then: { suspended: { at: NOW, by: "anna", reason: "not paid" } },
  },
  {
    given: "a suspending for the same reason: nothing new",
    facts: { suspended: { at: NOW - 9, by: "anna", reason: "not paid" } },
    record: record(),
    event: { kind: "suspending", reason: "not paid", actor: "ben" },
    work: [],
    then: { suspended: { at: NOW - 9, by: "anna", reason: "not paid" } },
  },
  {
    given: "a suspending for another reason",
    facts: { suspended: { at: NOW - 9, by: "anna", reason: "not paid" } },
    record: record(),
    event: { kind: "suspending", actor: "ben" },
    work: ["clear install,refresh,heal,mint,bring_back,tell_broken"],
    then: { suspended: { at: NOW - 9, by: "ben" } },
  },
  {
    given: "a resuming: what is due is planned, and trouble begins anew",
    facts: { suspended: { at: NOW - 9 }, trouble },
    record: record(),
    event: { kind: "resuming" },
    work: [],
    then: { suspended: undefined, trouble: undefined },
  },
  {
    given: "a resuming of what has no token that works",
    facts: { suspended: { at: NOW - 9 } },
    record: record({ status: "broken" }),
    event: { kind: "resuming" },
    work: ["install+1"],
  },
  {
    given: "a resuming of what was installed meanwhile",
    facts: { suspended: { at: NOW - 9 }, installedAt: NOW - 5 },
    record: forgotten(NOW - 7),
    event: { kind: "resuming" },
    work: ["install+1"],
  },
  {
    given: "a resuming of what was uninstalled meanwhile",
    facts: { suspended: { at: NOW - 9 } },
    record: forgotten(NOW - 7),
    event: { kind: "resuming" },
    work: [],
  },
  {
    given: "a resuming of an agency: its locations that wait get tokens",
    target: COMPANY,
    facts: { suspended: { at: NOW - 9 } },
    record: record(),
    event: { kind: "resuming" },
    work: ["mint"],
  },
  { given: "a resuming of what is not suspended", record: record(), event: { kind: "resuming" }, work: [] },
  {
    given: "an INSTALL while suspended: noted",
    facts: { suspended: { at: NOW - 9 } },
    event: INSTALL,
    work: [],
    then: { installedAt: NOW, suspended: { at: NOW - 9 } },
  },
  {
    given: "tokens saved while suspended: stored, and nothing more",
    target: COMPANY,
    facts: { suspended: { at: NOW - 9 }, trouble },
    record: record(),
    event: { kind: "saved", how: "authorised", change: 0, details: {} },
    work: ["clear install,uninstall"],
    then: { suspended: { at: NOW - 9 }, trouble: undefined },
  },
  {
    given: "trouble that lasts while suspended: nobody is alerted",
    facts: { suspended: { at: NOW - 9 }, trouble },
    record: record(),
    event: { kind: "broken_told", isNews: true },
    work: [],
  },
  {
    given: "an UNINSTALL while suspended",
    facts: { suspended: { at: NOW - 9 } },
    record: record(),
    event: UNINSTALL,
    work: ["forget uninstalled"],
    then: { suspended: { at: NOW - 9 } },
  },
  {
    given: "an UNINSTALL that begins: who uninstalls and installs again stays suspended",
    facts: { suspended: { at: NOW - 9 } },
    event: { kind: "forgetting", why: "uninstalled" },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: { suspended: { at: NOW - 9 } },
  },
  {
    given: "a DELETE that begins, of what is suspended: that ends too",
    facts: { suspended: { at: NOW - 9 } },
    event: { kind: "forgetting", why: "forgotten" },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: { suspended: undefined },
  },
  // What other objects tell
  { given: "a company that has tokens now", event: { kind: "company_connected" }, work: ["install"] },
  {
    given: "a company that has tokens now, and a location that was forgotten",
    record: forgotten(NOW - 5),
    event: { kind: "company_connected" },
    work: [],
  },
  {
    given: "a company that has tokens now, and a location that was forgotten and installed since",
    facts: { installedAt: NOW - 1 },
    record: forgotten(NOW - 5),
    event: { kind: "company_connected" },
    work: ["install"],
  },
  {
    given: "a lost answer to a code, known",
    record: record(),
    event: { kind: "answer_lost" },
    work: ["install+1"],
  },
  { given: "a lost answer to a code, not known", event: { kind: "answer_lost" }, work: [] },
  {
    given: "a lost answer to a code, forgotten",
    record: forgotten(NOW - 5),
    event: { kind: "answer_lost" },
    work: [],
  },
  {
    given: "an agency that knows the location now",
    record: record({ companyId: "acme" }),
    event: { kind: "agency_knows", companyId: "acme", uninstalledAt: 0 },
    work: [],
    then: { knownAt: "acme" },
  },
  {
    given: "an agency that was uninstalled while the tokens were on their way",
    record: record({ companyId: "acme", accessTokenIssuedAt: NOW }),
    event: { kind: "agency_knows", companyId: "acme", uninstalledAt: NOW - 60_000 },
    work: ["forget uninstalled"],
  },
  {
    given: "an agency that was uninstalled long before",
    record: record({ companyId: "acme", accessTokenIssuedAt: NOW }),
    event: { kind: "agency_knows", companyId: "acme", uninstalledAt: NOW - 3_600_000 },
    work: [],
    then: { knownAt: "acme" },
  },
  {
    given: "details that the record has by now",
    facts: { details: { name: "A" } },
    event: { kind: "details_kept", details: { name: "A" } },
    work: [],
    then: { details: {} },
  },
  // Links
  {
    given: "a link that is opened for the first time",
    facts: { linkOpenedAt: NOW - 900 },
    record: record(),
    event: { kind: "link_opened", madeAt: NOW - 60 },
    work: [],
    then: { linkOpenedAt: NOW },
  },
  {
    given: "a link that is opened again: it was remembered",
    facts: { linkOpenedAt: NOW - 50 },
    record: record(),
    event: { kind: "link_opened", madeAt: NOW - 60 },
    work: [],
    then: { linkOpenedAt: NOW - 50 },
  },
  {
    given: "a link of what was never here: nothing is left behind",
    event: { kind: "link_opened", madeAt: NOW - 60 },
    work: [],
    then: { linkOpenedAt: undefined },
  },
  {
    given: "a link that is asked for",
    record: record(),
    event: { kind: "link_made" },
    work: [],
    then: { linkMadeAt: NOW },
  },
  {
    given: "links that are revoked",
    event: { kind: "links_revoked" },
    work: [],
    then: { linksRevokedAt: NOW },
  },
  {
    given: "a DELETE: links that were made before lead nobody back",
    facts: { linksRevokedAt: NOW - 5 },
    event: { kind: "forgetting", why: "forgotten" },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: { linksRevokedAt: NOW },
  },
  {
    given: "an UNINSTALL: who changes his mind comes back by the link he has; what was revoked stays so",
    facts: { linksRevokedAt: NOW - 5 },
    event: { kind: "forgetting", why: "uninstalled" },
    work: ["clear install,refresh,heal,tell_broken,tell_agency,mint,bring_back"],
    then: { linksRevokedAt: NOW - 5 },
  },
  // Trouble
  {
    given: "a try to heal that has ended",
    facts: { trouble },
    event: { kind: "heal_tried" },
    work: [],
    then: { trouble: { ...trouble, tries: 2, triedAt: NOW } },
  },
  {
    given: "a try to heal that has ended well",
    event: { kind: "heal_tried" },
    work: [],
    then: { trouble: undefined },
  },
  {
    given: "trouble of which people are told",
    facts: { trouble },
    event: { kind: "broken_told", isNews: true },
    work: ["alert broken"],
    then: { trouble: { ...trouble, isTold: true } },
  },
  {
    given: "trouble of which people were told already today: it is told tomorrow, if it lasts",
    facts: { trouble },
    event: { kind: "broken_told", isNews: false },
    work: [],
    then: { trouble: { ...trouble, tellAfter: TOMORROW } },
  },
  {
    given: "trouble of a connection that waits for a person: not ours",
    facts: { trouble },
    record: record({ status: "reauthorization_required" }),
    event: { kind: "planning" },
    work: [],
    then: { trouble: undefined },
  },
  {
    given: "trouble of an installation that has no tokens yet",
    facts: { trouble, installedAt: NOW - 9 },
    event: { kind: "planning" },
    work: [],
    then: { trouble },
  },
];

for (const { given, facts: known, record, target = LOCATION, event, work: expected, then = {} } of CASES) {
  Deno.test(`installation: ${given} → ${expected.join("; ") || "nothing to do"}`, () => {
    const decision = decide({ target, facts: facts(known), record }, event, NOW);
    deepEqual(work(decision), expected);
    for (const [name, value] of Object.entries(then)) {
      deepEqual(Reflect.get(decision.facts, name), value, name);
    }
  });
}

Deno.test("installation: what the core tells, by type", () => {
  const error = new HighLevelError("unavailable", "down", { traceId: "t" });
  const table: readonly (readonly [ConnectionEvent["type"], readonly string[]])[] = [
    ["refreshed", ["history refreshed", "alert back"]],
    ["recovered", ["history recovered", "count recovered", "alert back"]],
    ["resumed", ["history resumed", "count resumed", "alert back"]],
    ["recovery_failed", ["history recovery_failed", "count failed"]],
    ["reauthorization_required", [
      "history reauthorization_required",
      "count reauthorization_required",
      "alert reauthorization_required",
    ]],
    ["paused", ["history paused", "count paused"]],
    ["store_failed", ["history store_failed"]],
    ["endpoint_removed", ["history endpoint_removed"]],
    ["odd_answer", ["history odd_answer"]],
    ["store_without_lock", ["history store_without_lock"]],
  ];
  for (const [type, expected] of table) {
    const event = { type, at: new Date(NOW), traceId: "t", error } satisfies ConnectionEvent;
    const { effects } = decide({ target: LOCATION, facts: facts(), record: undefined }, {
      kind: "core",
      event,
    }, NOW);
    deepEqual(effects.map(brief), expected, type);
  }
  for (const type of ["recovered", "resumed"] as const) {
    const event = { kind: "core", event: { type, at: new Date(NOW) } } as const;
    const { effects } = decide({ target: COMPANY, facts: facts(), record: undefined }, event, NOW);
    ok(effects.map(brief).includes("mint"), `${type}: an agency's locations that wait get theirs`);
  }
});

Deno.test("installation: who brought a connection back is remembered, and a plain refresh brings nothing back", () => {
  const at = new Date(NOW);
  const table: readonly (readonly [ConnectionEvent, Partial<InstallationFacts>, unknown])[] = [
    [{ type: "refreshed", at }, {}, undefined],
    [{ type: "refreshed", at }, { trouble }, { at: NOW, by: "itself" }],
    [{ type: "recovered", at, by: "reconnect" }, {}, { at: NOW, by: "itself" }],
    [{ type: "recovered", at, by: "agency" }, {}, { at: NOW, by: "agency" }],
    [{ type: "resumed", at }, {}, { at: NOW, by: "itself" }],
    [{ type: "reauthorization_required", at }, {}, undefined],
  ];
  for (const [event, known, expected] of table) {
    const { facts: next } = decide({ target: LOCATION, facts: facts(known), record: record() }, {
      kind: "core",
      event,
    }, NOW);
    deepEqual(next.returned, expected, `${event.type} by ${event.by}`);
  }
});

Deno.test("installation: trouble begins once, whatever fails meanwhile, and ends with what works", () => {
  const failed = (code: "unavailable" | "network", at: number): InstallationEvent => ({
    kind: "core",
    event: { type: "recovery_failed", at: new Date(at), error: new HighLevelError(code, "x") },
  });
  const state = { target: LOCATION, record: record() };
  const first = decide({ ...state, facts: facts() }, failed("unavailable", NOW), NOW);
  const second = decide({ ...state, facts: first.facts }, failed("network", NOW + 5), NOW + 5);
  deepEqual(second.facts.trouble, { since: NOW, tries: 0, triedAt: NOW, code: "network" });
  ok(!second.effects.some((effect) => effect.do === "count"), "counted once");
  const worked: InstallationEvent = { kind: "core", event: { type: "refreshed", at: new Date(NOW + 9) } };
  equal(decide({ ...state, facts: second.facts }, worked, NOW + 9).facts.trouble, undefined);
});
