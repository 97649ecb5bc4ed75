import assert from "node:assert/strict";
import { KEYS } from "../worker/worker_world.ts";
import { until } from "../until.ts";
import { attackedWorker } from "./attacked_worker.ts";

/** Would run, break out of an attribute, or end a script, if it were not shown as text. */
const MARK = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>{{7*7}}\${7*7}<!--`;

Deno.test("what others wrote into any stored field is shown as text on every page", async () => {
  await using attacked = await attackedWorker();
  const { worker, sandbox } = attacked;
  const put = await worker.call("/connections/location/named", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      accessToken: "imported-token",
      refreshToken: "imported-refresh-token",
      expiresIn: 86_000,
      scope: `${MARK} contacts.readonly`,
      tokenType: MARK,
      userId: MARK,
      planId: MARK,
      companyId: "agency",
      name: MARK,
    }),
  });
  assert.equal(put.status, 204, await put.text());
  const dead = await worker.call("/connections/location/troubled", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ accessToken: "imported-token", expiresIn: 0 }),
  });
  assert.equal(dead.status, 204, await dead.text());
  // By HighLevel's answers: its words, its trace id, the names of its locations.
  sandbox.addLocation({ locationId: "listed", companyId: "agency", name: MARK });
  sandbox.fault({
    on: "any",
    kind: "status",
    status: 400,
    body: { message: MARK, error: MARK, traceId: MARK },
    times: 6,
  });
  for (const id of ["troubled", "named"]) {
    const response = await worker.call(`/connections/location/${id}/recover`, { method: "POST" });
    await response.body?.cancel();
  }
  sandbox.clearFaults();
  // By a webhook's fields.
  const install = {
    ...sandbox.webhook("INSTALL", { companyId: "agency" }),
    companyName: MARK,
    installType: MARK,
  };
  const signed = await sandbox.signWebhook(install);
  const hook = await worker.call("/webhooks/highlevel", {
    method: "POST",
    key: null,
    headers: signed.headers,
    body: signed.body,
  });
  assert.equal(hook.status, 200, await hook.text());
  sandbox.fault({
    on: (request) => request.body.includes("troubled"),
    kind: "status",
    status: 400,
    body: { message: MARK, traceId: MARK },
    times: 20,
  });
  const jobs: string[] = [];
  for (
    const body of [{ companyId: "agency", installed: true }, {
      targets: [{ locationId: "troubled" }, { locationId: "listed" }],
    }]
  ) {
    const response = await worker.call("/recoveries", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { id }: { id: string } = await response.json();
    jobs.push(id);
  }
  for (const id of jobs) {
    await until(async () => {
      const job: Record<string, unknown> = await (await worker.call(`/recoveries/${id}`)).json();
      return job.status === "done";
    }, "the job ends");
  }

  const signIn = await worker.call("/ui/sign-in", {
    method: "POST",
    key: null,
    headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
    body: `key=${KEYS.admin}`,
  });
  await signIn.body?.cancel();
  const [cookie = ""] = (signIn.headers.get("set-cookie") ?? "").split(";");
  const mark = encodeURIComponent(MARK);
  const pages = [
    "/",
    "/?sort=status&q=a",
    `/?q=${mark}`,
    `/?next=${mark}`,
    `/?part=${mark}`,
    `/?after=${mark}`,
    "/ui/connections/location/named",
    "/ui/connections/location/named/forget",
    "/ui/connections/location/troubled",
    "/ui/connections/location/listed",
    "/ui/connections/company/agency",
    `/ui/connections/location/named?did=${mark}`,
    "/ui/recoveries",
    ...jobs.map((id) => `/ui/recoveries/${id}`),
    `/ui/${mark}`,
    `/ui/recoveries/${mark}`,
    "/docs",
    `/oauth/callback?error=${mark}&error_description=${mark}`,
  ];
  let shown = 0;
  for (const path of pages) {
    for (const language of ["en", "ko"]) {
      const init = { key: null, headers: { cookie, "accept-language": language } };
      const first = await worker.call(path, init);
      const response = first.status === 303
        ? await worker.call(first.headers.get("location") ?? "", init)
        : first;
      if (response !== first) await first.body?.cancel();
      const page = await response.text();
      assert.ok(response.status < 500, `${path}: ${response.status}`);
      if (!(response.headers.get("content-type") ?? "").includes("html")) continue;
      assert.ok(!page.includes("<script>alert"), `${path} runs a stored field`);
      assert.ok(!page.includes("<img src=x"), `${path} shows a stored field as markup`);
      for (const [tag] of page.matchAll(/<[a-z](?:"[^"]*"|[^">])*>/g)) {
        assert.ok(
          !tag.replace(/"[^"]*"/g, "").includes("onerror"),
          `${path} lets a field out of an attribute: ${tag}`,
        );
      }
      if (page.includes("&lt;img src=x")) shown++;
    }
  }
  assert.ok(shown >= 6, `only ${shown} pages showed the mark at all`);

  // Machine-readable answers are what they say they are.
  for (
    const path of [
      "/connections",
      "/connections/location/named",
      "/connections/location/troubled",
      ...jobs.map((id) => `/recoveries/${id}`),
    ]
  ) {
    const response = await worker.call(path);
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    await response.body?.cancel();
  }
  for (const id of jobs) {
    const csv = await worker.call(`/ui/recoveries/${id}/unrecovered.csv`, { key: null, headers: { cookie } });
    assert.match(csv.headers.get("content-disposition") ?? "", /^attachment;/);
    for (const line of (await csv.text()).split("\r\n")) assert.doesNotMatch(line, /(^|,)"?[=+@\t-]/);
    const events = await worker.call(`/recoveries/${id}/events`);
    for (const line of (await events.text()).split("\n")) assert.match(line, /^((event|id|data): .*)?$/);
  }
});
