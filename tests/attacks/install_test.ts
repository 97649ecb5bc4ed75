import assert from "node:assert/strict";
import { sealText } from "../../src/worker/http/sealed_text.ts";
import { type AttackedWorker, attackedWorker } from "./attacked_worker.ts";

/** Starts an installation as a browser does; returns the state and the cookie that belongs to it. */
async function begin(
  { worker }: AttackedWorker,
  query = "",
): Promise<{ state: string; cookie: string; location: URL }> {
  const response = await worker.call(`/oauth/install${query}`, { key: null });
  assert.equal(response.status, 302, await response.text());
  const location = new URL(response.headers.get("location") ?? "");
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  return { state: location.searchParams.get("state") ?? "", cookie, location };
}

async function end(
  { worker }: AttackedWorker,
  query: Record<string, string>,
  cookie?: string,
): Promise<[number, string]> {
  const response = await worker.call(`/oauth/callback?${new URLSearchParams(query)}`, {
    key: null,
    headers: cookie === undefined ? {} : { cookie },
  });
  if (response.status !== 303) {
    assert.equal(response.headers.get("location"), null);
    return [response.status, await response.text()];
  }
  await response.body?.cancel();
  const location = response.headers.get("location") ?? "";
  assert.match(location, /^\/oauth\/result\/[\w-]+$/, "to a page of ours, whose address says nothing");
  const page = await worker.call(location, { key: null });
  return [page.status, await page.text()];
}

Deno.test("the install flow leads to HighLevel and nowhere else, whatever the link asks for", async () => {
  await using attacked = await attackedWorker();
  const extras = [
    "redirect_uri",
    "redirect",
    "next",
    "url",
    "return_to",
    "state",
    "baseUrl",
    "marketplaceUrl",
    "client_id",
  ];
  for (const name of extras) {
    for (const value of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "evil"]) {
      const { location } = await begin(attacked, `?${name}=${encodeURIComponent(value)}`);
      assert.equal(
        location.origin + location.pathname,
        "https://marketplace.gohighlevel.com/v2/oauth/chooselocation",
      );
      assert.equal(location.searchParams.get("redirect_uri"), "https://worker.example/oauth/callback");
      assert.equal(location.searchParams.get("client_id"), attacked.sandbox.app.clientId);
      assert.ok(!location.href.includes("evil"), `${name}=${value} → ${location}`);
    }
  }
});

Deno.test("a state works once, in the browser that began, within its time, and for the connection meant", async () => {
  await using attacked = await attackedWorker();
  const { sandbox } = attacked;
  const victim = await begin(attacked);
  const attacker = await begin(attacked);
  assert.notEqual(victim.state, attacker.state);
  const code = (): string => sandbox.authorize({ locationId: "other" });
  const exchanges = (): number => sandbox.counts.exchange;

  sandbox.resetCounts();
  // Login CSRF: the attacker's code and state in the victim's browser, with and without the victim's own cookie.
  assert.equal((await end(attacked, { code: code(), state: attacker.state }, victim.cookie))[0], 400);
  assert.equal((await end(attacked, { code: code(), state: attacker.state }))[0], 400);
  // A state under the victim's cookie name, and states that are none.
  const almost = victim.state.slice(0, -1) + (victim.state.endsWith("0") ? "1" : "0");
  for (
    const state of [almost, victim.state.toUpperCase(), `${victim.state} `, victim.state.slice(0, 13), "0"]
  ) {
    assert.equal((await end(attacked, { code: code(), state }, victim.cookie))[0], 400, state);
  }
  // Cookies of one's own making.
  const [name, value = ""] = victim.cookie.split("=");
  const [, others = ""] = attacker.cookie.split("=");
  const clear = btoa(JSON.stringify({ nonce: victim.state, endsAt: 1e15 }));
  const [appId] = sandbox.app.clientId.split("-");
  const resealed = await sealText([btoa("x".repeat(32))], `install state 1 ${appId}`, atob(clear));
  for (
    const forged of [
      others, // whole, but of another state
      value.slice(0, -1),
      `${value}A`,
      `${value[0] === "A" ? "B" : "A"}${value.slice(1)}`,
      `${value}.${value}`,
      clear,
      resealed, // by a key of one's own
      ".",
      "",
    ]
  ) {
    const cookie = `${name}=${encodeURIComponent(forged)}`;
    assert.equal((await end(attacked, { code: code(), state: "mine" }, cookie))[0], 400, forged);
    assert.equal((await end(attacked, { code: code(), state: attacker.state }, cookie))[0], 400, forged);
    assert.equal((await end(attacked, { code: code(), state: victim.state }, cookie))[0], 400, forged);
  }
  assert.equal(exchanges(), 0, "a code was exchanged for a stranger");

  // The true one works, once.
  assert.equal((await end(attacked, { code: code(), state: victim.state }, victim.cookie))[0], 200);
  assert.equal((await end(attacked, { code: code(), state: victim.state }, victim.cookie))[0], 400);
  assert.equal(exchanges(), 1);

  // A link made for one connection does not take another.
  const meant = await begin(attacked, "?location=victim");
  assert.equal((await end(attacked, { code: code(), state: meant.state }, meant.cookie))[0], 409);
});

Deno.test("one state answered several times at the same moment is at worst answered for its own browser", async () => {
  await using attacked = await attackedWorker();
  const { sandbox } = attacked;
  const { state, cookie } = await begin(attacked);
  const ends = await Promise.all(
    [1, 2, 3, 4].map(() =>
      end(attacked, { code: sandbox.authorize({ locationId: "other" }), state }, cookie)
    ),
  );
  // The mark of use lives in KV, which knows no atomic test; codes themselves are good for one exchange each.
  assert.ok(ends.filter(([status]) => status === 200).length >= 1);
  assert.ok(ends.every(([status]) => status === 200 || status === 400));
});

Deno.test("what comes back with the redirect is shown as text, and a code never", async () => {
  await using attacked = await attackedWorker();
  const mark = `"><img src=x onerror=alert(1)><script>alert(1)</script>`;
  const { state, cookie } = await begin(attacked);
  const [status, page] = await end(attacked, { error: mark, error_description: mark, state }, cookie);
  assert.equal(status, 400);
  assert.ok(!page.includes("<img") && !page.includes("<script>alert"), page);
  const second = await begin(attacked);
  const [, refused] = await end(
    attacked,
    { code: "secret-code-of-mine", state: second.state },
    second.cookie,
  );
  assert.ok(!refused.includes("secret-code-of-mine"));
});

Deno.test("a result page tells what this worker sealed, and nothing else", async () => {
  await using attacked = await attackedWorker();
  const { worker } = attacked;
  const begun = await begin(attacked, "?location=other");
  const answer = await worker.call(`/oauth/callback?error=access_denied&state=${begun.state}`, {
    key: null,
    headers: { cookie: begun.cookie },
  });
  await answer.body?.cancel();
  const path = answer.headers.get("location") ?? "";
  const sealed = path.replace("/oauth/result/", "");
  const open = async (text: string): Promise<[number, string]> => {
    const page = await worker.call(`/oauth/result/${text}`, { key: null });
    return [page.status, await page.text()];
  };
  assert.match((await open(sealed))[1], /You chose not to connect/);
  const changed = sealed.replace(/^./, (first) => first === "A" ? "B" : "A");
  const own = btoa(
    JSON.stringify({ kind: "connected", target: { locationId: "evil" }, at: 0, isBulk: false }),
  );
  for (const forged of [changed, sealed.slice(1), `${sealed}AAAA`, own.replaceAll("=", ""), "AAAA", "-_-"]) {
    const [status, page] = await open(forged);
    assert.equal(status, 404, forged);
    assert.ok(!page.includes("evil") && !page.includes("other"));
  }
  for (const strange of ["%3Cscript%3E", "a.b", "a%2Fb", "x".repeat(5_000)]) {
    assert.ok([404, 422].includes((await open(strange))[0]), strange);
  }
});
