import { deepEqual, equal, match, ok } from "node:assert/strict";
import { kindAndId } from "../../src/worker/kind_and_id.ts";
import { statusOf, type Target } from "./calls.ts";
import { InstallBrowser } from "./install_browser.ts";
import { click, newLink, sheetOf, startLost, totalOf } from "./relink_world.ts";
import { KEYS, until } from "./worker_world.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

Deno.test("300 lost connections come back by one export, three agency clicks and twenty customer clicks", async (t) => {
  const startedAt = performance.now();
  await using lost = await startLost([100, 100, 80], 20);
  const { world, agencies, alone } = lost;
  const { sandbox } = world;
  console.log(`300 lost: ${Math.round(performance.now() - startedAt)} ms`);
  const campaignOf = async (id: string, query = "") => (await world.json(`/campaigns/${id}${query}`)).body;

  await t.step("the plan says that three agencies bring back 280, and who is left", async () => {
    const { status, body } = await world.json("/plan?status=reauthorization_required");
    equal(status, 200);
    deepEqual(body.ways, { agency: 280, itself: 0, person: 20 });
    deepEqual(
      Object(body.agencies).map((
        { companyId, state, locations }: Record<string, unknown>,
      ) => [companyId, state, locations]),
      agencies.toSorted((one, other) =>
        other.locationIds.length - one.locationIds.length || (one.companyId < other.companyId ? -1 : 1)
      ).map(({ companyId, locationIds }) => [companyId, "lost", locationIds.length]),
    );
    deepEqual(
      Object(body.alone).map(({ locationId }: Record<string, unknown>) => locationId).sort(),
      [...alone].sort(),
    );
    for (const { url } of [...Object(body.agencies), ...Object(body.alone)]) {
      match(url, /^https:\/\/worker\.example\//);
    }
    const { body: seen } = await world.json("/plan", { key: KEYS.viewer });
    ok(!JSON.stringify(seen).includes("url"), "links are the admin's");
  });

  const begun = await world.json("/campaigns", { method: "POST", headers: JSON_TYPE, body: "{}" });
  const id = String(begun.body.id);
  let rows: Record<string, string>[] = [];
  await t.step(
    "one export has 23 lines, which a spreadsheet reads: agencies first, each with its link",
    async () => {
      equal(begun.status, 201);
      deepEqual([begun.body.asked, begun.body.total, begun.body.missing], [23, 303, 303]);
      rows = await sheetOf(await world.call(`/campaigns/${id}.csv?lang=ko`));
      equal(rows.length, 23);
      deepEqual(rows.map(({ kind }) => kind), [...Array(3).fill("company"), ...Array(20).fill("location")]);
      equal(new Set(rows.map(({ link }) => link)).size, 23);
      const one = rows.find(({ id }) => id === alone[4]);
      equal(one?.name, "한빛 치과 5");
      equal(one?.reason, "앱의 접근 권한이 만료되었습니다");
      ok(one?.messageKo?.includes(one.link ?? "-") && one.messageKo.includes("한빛 치과 5 계정과"));
      ok(one?.messageEn?.includes(one.link ?? "-"));
      const seen = await sheetOf(await world.call(`/campaigns/${id}.csv`, { key: KEYS.viewer }));
      equal(seen.length, 23);
      ok(!("link" in (seen[0] ?? {})), "links are the admin's");
      for (const secret of sandbox.issuedSecrets()) ok(!JSON.stringify(rows).includes(secret));
    },
  );

  const linkOf = (target: Target): string => rows.find((row) => row.id === kindAndId(target).id)?.link ?? "";
  const [first, ...others] = agencies;
  const hasty = first?.locationIds.slice(-3) ?? [];
  await t.step(
    "an agency's click brings back its locations while three of their customers click too",
    async () => {
      sandbox.resetCounts();
      const targets = [{ companyId: first?.companyId ?? "" }, ...hasty.map((locationId) => ({ locationId }))];
      const own = await Promise.all(targets.slice(1).map((target) => newLink(world, target)));
      const [tardy = ""] = first?.locationIds ?? [];
      const late = await newLink(world, { locationId: tardy });
      const links = [linkOf({ companyId: first?.companyId ?? "" }), ...own];
      const visits = await Promise.all(targets.map((target, at) => click(world, links[at] ?? "", target)));
      deepEqual(visits.map(({ status }) => status), [200, 200, 200, 200]);
      await until(async () => await totalOf(world, "reauthorization_required") === 202);
      for (const locationId of hasty) {
        const { body } = await world.json(`/connections/location/${locationId}/token`);
        ok(sandbox.isLiving(String(body.access_token)), "the fresh tokens are there");
      }
      const { text } = await new InstallBrowser(world).visit(new URL(late).pathname);
      ok(!text.includes("<form") && /connected/i.test(text), "whose agency was faster is told so");
      const { exchange, refresh, spentCodeUses, spentRefreshTokenUses } = sandbox.counts;
      deepEqual([exchange, spentCodeUses, spentRefreshTokenUses], [4, 0, 0]);
      ok(refresh <= 100, "each dead refresh token was tried once at most, and no fresh one spent");
    },
  );

  await t.step("one click of each other one, and nobody is missing but the twenty", async () => {
    for (const { companyId } of others) {
      equal((await click(world, linkOf({ companyId }), { companyId })).status, 200);
    }
    await until(async () => await totalOf(world, "reauthorization_required") === 20);
    const { states, status, missing } = await campaignOf(id);
    const { person, agency, ...rest } = Object(states);
    deepEqual(rest, { waiting: 20, opened: 0, following: 0, itself: 0, gone: 0 });
    ok(person >= 3 && person <= 6, "the agencies, and those of the three who came before theirs");
    equal(person + agency, 283);
    deepEqual([status, missing], ["running", 20]);
    const { body: { recoveries } } = await world.json("/recoveries");
    const jobs = Object(recoveries).filter(({ startedBy }: Record<string, unknown>) =>
      startedBy === "agency"
    );
    equal(jobs.length, 3, "one for each agency");
    for (const { total, recovered, status } of jobs) deepEqual([recovered, status], [total, "done"]);
  });

  await t.step("customers click one after another; the list names who is missing", async () => {
    for (const locationId of alone.slice(0, 19)) {
      equal((await click(world, linkOf({ locationId }), { locationId })).status, 200);
    }
    const [last = ""] = alone.slice(19);
    await until(async () => (await campaignOf(id)).missing === 1);
    const { members } = await campaignOf(id, "?which=missing");
    deepEqual(
      Object(members).map(({ target, state, name }: Record<string, unknown>) => [target, state, name]),
      [[{ locationId: last }, "waiting", "한빛 치과 20"]],
    );
    deepEqual((await sheetOf(await world.call(`/campaigns/${id}.csv?which=missing`))).map(({ id }) => id), [
      last,
    ]);
    equal((await click(world, linkOf({ locationId: last }), { locationId: last })).status, 200);
    await until(async () => (await campaignOf(id)).status === "done");
    const { states, finishedAt } = await campaignOf(id);
    equal(Object(states).person + Object(states).agency, 303);
    ok(Date.parse(String(finishedAt)) <= Date.now());
    equal(await totalOf(world, "connected"), 303);
  });

  await t.step(
    "everybody is back: the plan asks nobody, a new campaign finds nobody, and the old one can go",
    async () => {
      const { body } = await world.json("/plan");
      deepEqual([body.agencies, body.alone], [[], []]);
      const again = await world.json("/campaigns", { method: "POST", headers: JSON_TYPE, body: "{}" });
      deepEqual([again.status, again.body.code], [422, "invalid_input"]);
      equal((await world.json(`/campaigns/${id}`, { method: "DELETE", key: KEYS.viewer })).status, 403);
      equal((await world.json(`/campaigns/${id}`, { method: "DELETE" })).status, 204);
      equal((await world.json(`/campaigns/${id}`)).status, 404);
      deepEqual((await world.json("/campaigns")).body, { campaigns: [] });
      for (const secret of sandbox.issuedSecrets()) ok(!world.logs.join("\n").includes(secret));
    },
  );

  await t.step("an agency that authorises again costs its healthy locations nothing", async () => {
    const [agency] = agencies;
    const companyId = agency?.companyId ?? "";
    sandbox.resetCounts();
    equal((await click(world, await newLink(world, { companyId }), { companyId })).status, 200);
    await until(async () => {
      const { body: { recoveries } } = await world.json("/recoveries");
      const [newest] = Object(recoveries);
      return newest.startedBy === "agency" && newest.total === 0 && newest.status === "done";
    });
    deepEqual([sandbox.counts.exchange, sandbox.counts.refresh, sandbox.counts.locationToken], [1, 0, 0]);
    equal(await statusOf(world, { companyId }), "connected");
  });
});
