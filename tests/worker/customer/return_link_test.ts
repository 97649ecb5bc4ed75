import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { makeReturnLink, openReturnLink } from "../../../src/worker/customer/return_link.ts";
import { sealBytes, sealText } from "../../../src/worker/http/sealed_text.ts";

const [OLD, NEW] = [btoa("0".repeat(32)), btoa("1".repeat(32))];
const NOW = Date.UTC(2026, 10, 27, 12);
const DAY = 24 * 3_600;
const LOCATION = { locationId: "l1C08ntBrFjLS0elLIYU" };

function settings(sealingKeys: readonly string[] = [OLD], rest: object = {}) {
  return {
    app: { clientId: "a-b", clientSecret: "secret", redirectUri: "https://w.example/crm/oauth/callback" },
    scope: "contacts.readonly",
    sealingKeys,
    ...rest,
  };
}

async function tokenOf(target: Parameters<typeof makeReturnLink>[1], options: object = {}): Promise<string> {
  const link = await makeReturnLink({ settings: settings() }, target, { now: NOW, ...options });
  return link?.url.replace("https://w.example/crm/r/", "") ?? "";
}

Deno.test("a link is short, leads below the mount, ends after 14 days, and shows no id", async () => {
  const link = await makeReturnLink({ settings: settings() }, LOCATION, { now: NOW });
  match(link?.url ?? "", /^https:\/\/w\.example\/crm\/r\/[\w-]{40,80}$/);
  equal(link?.expiresAt.getTime(), NOW + 14 * DAY * 1000);
  ok(!atob(link?.url.split("/r/")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? "").includes("l1C0"));
  notEqual(await tokenOf(LOCATION), await tokenOf(LOCATION), "two of one connection cannot be seen to be");
});

Deno.test("whatever goes into a link comes out of it", async () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/);
  const target = fc.oneof(id.map((locationId) => ({ locationId })), id.map((companyId) => ({ companyId })));
  await fc.assert(
    fc.asyncProperty(
      target,
      fc.integer({ min: 60, max: 90 * DAY }),
      fc.integer({ min: 0, max: 2 ** 47 }),
      async (target, expiresInSeconds, now) => {
        const opened = await openReturnLink(settings(), await tokenOf(target, { expiresInSeconds, now }));
        deepEqual(opened, { target, madeAt: now, expiresAt: now + expiresInSeconds * 1000 });
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("a link opens under every sealing key that is left, and under no other", async () => {
  const token = await tokenOf(LOCATION);
  deepEqual((await openReturnLink(settings([NEW, OLD]), token))?.target, LOCATION);
  equal(await openReturnLink(settings([NEW]), token), undefined);
});

Deno.test("a link is one app's: another that shares the sealing keys does not open it, another pair of the app does", async () => {
  const token = await tokenOf(LOCATION);
  const of = (clientId: string) => settings([OLD], { app: { clientId, clientSecret: "s" } });
  equal(await openReturnLink(of("another-b"), token), undefined);
  deepEqual((await openReturnLink(of("a-newer"), token))?.target, LOCATION);
});

Deno.test("what was altered, cut, or sealed for something else opens nothing", async () => {
  const token = await tokenOf(LOCATION);
  for (let at = 0; at < token.length; at += 7) {
    const other = token[at] === "A" ? "B" : "A";
    equal(await openReturnLink(settings(), token.slice(0, at) + other + token.slice(at + 1)), undefined);
  }
  const others = [
    "",
    "x",
    "%%%",
    token.slice(1),
    token.slice(0, -2),
    `${token}AAAA`,
    await sealText([OLD], "install result 1", "{}"),
    await sealBytes([OLD], "return link 2 a", new Uint8Array(10)), // of nobody
    await sealBytes([OLD], "return link 2 a", new Uint8Array(12).fill(7)), // of a kind to come
  ];
  for (const other of others) equal(await openReturnLink(settings(), other), undefined, other);
});

Deno.test("how long a link lives is checked before anything is sealed", async () => {
  for (const expiresInSeconds of [60, 90 * DAY]) ok(await tokenOf(LOCATION, { expiresInSeconds }));
  for (const expiresInSeconds of [59, 90 * DAY + 1, 60.5, NaN, -1, Infinity]) {
    await rejects(tokenOf(LOCATION, { expiresInSeconds }), /expiresInSeconds must be a whole number from 60/);
  }
});

Deno.test("where nobody could come back here, there is no link", async () => {
  const elsewhere = { clientId: "a-b", clientSecret: "secret", redirectUri: "https://app.example/callback" };
  for (
    const rest of [{ scope: undefined }, { app: elsewhere }, {
      app: { ...elsewhere, redirectUri: undefined },
    }]
  ) {
    const link = await makeReturnLink({ settings: Object.assign(settings(), rest) }, LOCATION);
    equal(link, undefined);
  }
});
