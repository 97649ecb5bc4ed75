import { deepEqual } from "node:assert/strict";
import { decide } from "../../../src/worker/connection/installation.ts";
import { type InstallationFacts, NO_FACTS } from "../../../src/worker/connection/installation_facts.ts";
import { movedFacts, movedFactsIn } from "../../../src/worker/connection/moved_facts.ts";

const FACTS: InstallationFacts = {
  installedAt: 10,
  uninstalledAt: 20,
  forgottenAt: 30,
  linkOpenedAt: 40,
  linksRevokedAt: 50,
  returned: { at: 60, by: "person" },
  suspended: { at: 65, by: "anna", reason: "not paid" },
  changes: 7,
  details: { companyId: "acme", name: "Café", isWhiteLabel: true },
  knownAt: "acme",
  trouble: { since: 1, tries: 2, triedAt: 3 },
};

Deno.test("what an installation knows of itself moves; what waits, and what is one worker's own, stays", () => {
  const { changes: _, knownAt: __, trouble: ___, ...moves } = FACTS;
  const moved = movedFacts(FACTS, 70);
  deepEqual(moved, { ...moves, since: 70 });
  deepEqual(movedFactsIn(JSON.parse(JSON.stringify(moved))), moved);
  deepEqual(movedFacts(NO_FACTS, undefined), {});
});

Deno.test("facts that are none, or of another version, are left out", () => {
  deepEqual(movedFactsIn(undefined), {});
  deepEqual(
    movedFactsIn({
      installedAt: "yesterday",
      uninstalledAt: null,
      forgottenAt: Infinity,
      returned: { at: 5, by: "a ghost" },
      suspended: { at: "yesterday", reason: "not paid" },
      details: { companyId: 5, name: "", isWhiteLabel: "yes", other: 1 },
      since: {},
      new: 1,
    }),
    { details: {} },
  );
});

const taking = (facts: InstallationFacts, told: InstallationFacts, isForgotten: boolean) =>
  decide(
    { target: { locationId: "loc" }, facts, record: undefined },
    { kind: "restoring", told: movedFacts(told, undefined), isForgotten },
    100,
  );

Deno.test("of what both sides know of an installation the later stands, and nothing of trouble here", () => {
  const here: InstallationFacts = {
    ...FACTS,
    installedAt: 80,
    linksRevokedAt: 5,
    returned: { at: 90, by: "agency" },
  };
  const { facts, effects } = taking(here, { ...FACTS, details: { name: "New" } }, false);
  deepEqual(facts, {
    installedAt: 80,
    uninstalledAt: 20,
    forgottenAt: 30,
    linkOpenedAt: 40,
    linksRevokedAt: 50,
    returned: { at: 90, by: "agency" },
    suspended: FACTS.suspended,
    changes: 8,
    details: { companyId: "acme", name: "New", isWhiteLabel: true },
    restoredAt: 100,
  });
  deepEqual(
    effects.map((effect) => effect.do),
    ["clear"],
    "what was under way is overtaken, and nothing is begun",
  );
});

Deno.test("of a connection that was forgotten there no installation is left here", () => {
  const { facts } = taking(FACTS, { ...NO_FACTS, forgottenAt: 95 }, true);
  deepEqual([facts.installedAt, facts.forgottenAt], [undefined, 95]);
});
