import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { routes } from "../../src/worker/create_app.ts";
import { keepsAll } from "../../src/worker/http/change.ts";
import type { Route } from "../../src/worker/http/route.ts";
import { countsSince, deliver, importTokens, nameOf, tell } from "./calls.ts";
import { promParsed } from "./prom_parsed.ts";
import {
  KEYS,
  SANDBOX_APP,
  startWorld,
  TEST_ENTRY,
  until,
  type WorkerWorld,
  worldClock,
} from "./worker_world.ts";

/*
 * Named keys, audit lines, limits, the caller's trace, the numbers to watch, and a worker that is read-only, in one life of a
 * deployment: as it is, read-only, and as it is again.
 */

const HOUR = 3_600_000;
const ANNA = "the-admin-key-of-anna";
const BEN = "the-viewer-key-of-ben";
const CRM_OLD = "the-old-service-key-of-crm";
const CRM_NEW = "the-new-service-key-of-crm";
const FLOOD = "a-key-that-floods";
const NAMED = [`anna:admin:${ANNA}`, `ben:viewer:${BEN}`, `crm:service:${CRM_NEW}`, `flood:viewer:${FLOOD}`];
const OWN = { "Sec-Fetch-Site": "same-origin" };
const JSON_TYPE = { "Content-Type": "application/json" };
const LIMIT = 80;
const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

type Line = Readonly<Record<string, unknown>>;

/** Lines of `level` that the worker has logged. */
function linesOf(world: WorkerWorld, level: string): Line[] {
  return world.logs.filter((line) => line.startsWith("{")).map((line): Line => JSON.parse(line))
    .filter((line) => line.level === level);
}

/** The audit lines that `work` brings about, as short as they can be. */
async function auditOf(world: WorkerWorld, most: number, work: () => Promise<unknown>): Promise<unknown[][]> {
  const before = linesOf(world, "audit").length;
  await work();
  await until(() => linesOf(world, "audit").length >= before + most);
  return linesOf(world, "audit").slice(before)
    .map(({ actor, role, via, what, connection, job, outcome }) =>
      [actor, role, via, what, connection ?? (job && "job"), outcome].filter((one) => one !== undefined)
    );
}

/** Sends a form as a signed-in browser of this origin. */
async function post(world: WorkerWorld, path: string, cookie: string, fields = {}): Promise<Response> {
  const headers = { ...OWN, Cookie: cookie };
  return await world.call(path, { method: "POST", key: null, body: new URLSearchParams(fields), headers });
}

async function signIn(world: WorkerWorld, key: string): Promise<string> {
  const response = await post(world, "/ui/sign-in", "", { key });
  await response.body?.cancel();
  equal(response.status, 303);
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}

/** The numbers of `/metrics`, by name and labels. */
async function metricsOf(world: WorkerWorld): Promise<Map<string, number>> {
  const text = await (await world.call("/metrics", { key: BEN })).text();
  const samples = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(samples.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at))];
  }));
}

Deno.test("named keys, audit, limits, traces, numbers, and READ_ONLY", async (t) => {
  worldClock.offsetMs = 0;
  const persist = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(persist, { recursive: true }));
  const sandbox = createSandbox({ app: SANDBOX_APP, now: worldClock.now });
  const traces: (string | null)[] = [];
  let trouble = 0;
  const common = {
    sandbox,
    persist,
    entry: TEST_ENTRY,
    limits: { KEY_REQUESTS: LIMIT },
    upstream: ({ url, headers }: Request): Response | undefined => {
      if (!url.includes("/contacts/")) return undefined;
      traces.push(headers.get("traceparent"));
      return new Response("{}", { status: trouble || 200 });
    },
  };
  const location = sandbox.addLocation();
  const lost = sandbox.addLocation();
  const path = `/connections/${nameOf(location)}`;
  const sessions = { anna: "", crm: "" };
  let token = "";

  {
    await using world = await startWorld({
      ...common,
      variables: { KEYS: [...NAMED, `crm:service:${CRM_OLD}`].join(", ") },
    });

    await t.step(
      "both keys of a name serve while they are changed; a token that is read has one line",
      async () => {
        await importTokens(world, location);
        await until(() => linesOf(world, "audit").length === 1);
        const before = linesOf(world, "info").length;
        for (const key of [CRM_OLD, CRM_NEW]) equal((await world.json(`${path}/token`, { key })).status, 200);
        equal((await world.json(`${path}/recover`, { key: CRM_NEW, method: "POST" })).status, 403);
        await until(() => linesOf(world, "info").length >= before + 3);
        deepEqual(
          linesOf(world, "info").slice(before).map((
            { route, actor, role, status },
          ) => [route, actor, role, status]),
          [
            ["/connections/:kind/:id/token", "crm", "service", 200],
            ["/connections/:kind/:id/token", "crm", "service", 200],
            ["/connections/:kind/:id/recover", "crm", "service", 403],
          ],
        );
        deepEqual(linesOf(world, "audit").map(({ actor, what }) => [actor, what]), [
          ["admin", "import"],
          ["crm", "recover"],
        ], "what was refused to somebody known is told too");
      },
    );

    await t.step("every change by the API has its line: who, what, which, outcome", async () => {
      const name = nameOf(location);
      const call = (at: string, method: string, body?: object): Promise<number> =>
        statusOf(world.call(at, {
          key: ANNA,
          method,
          ...body && { body: JSON.stringify(body), headers: JSON_TYPE },
        }));
      let id = "";
      const told = await auditOf(world, 11, async () => {
        equal(await call(path, "PUT", { ...sandbox.install(location) }), 204);
        equal(await call(`${path}/recover`, "POST"), 200);
        equal(await call(`/connections/${nameOf(lost)}/recover`, "POST"), 200);
        sandbox.uninstall(lost);
        equal(await call(`/connections/${nameOf(lost)}/recover`, "POST"), 424);
        equal(await call("/connections/location/not%20an%20id", "DELETE"), 422);
        equal(await call(`/connections/${nameOf(lost)}`, "DELETE"), 204);
        equal(await call("/oauth/code", "POST", { code: sandbox.authorize(location) }), 200);
        const init = { key: ANNA, method: "POST", headers: JSON_TYPE };
        const job = await world.json("/recoveries", {
          ...init,
          body: JSON.stringify({ targets: [location, lost] }),
        });
        equal(job.body.startedBy, "anna");
        id = String(job.body.id);
        equal(await call(`/recoveries/${id}/pause`, "POST"), 200);
        equal(await call(`/recoveries/${id}/resume`, "POST"), 200);
        equal(await call(`/recoveries/${id}`, "DELETE"), 200);
      });
      const by = ["anna", "admin", "api"];
      deepEqual(told, [
        [...by, "import", name, "done"],
        [...by, "recover", name, "recovered"],
        [...by, "recover", nameOf(lost), "recovered"],
        [...by, "recover", nameOf(lost), "reauthorization_required"],
        [...by, "forget", "refused"],
        [...by, "forget", nameOf(lost), "done"],
        [...by, "authorise", name, "done"],
        [...by, "start_job", "job", "done"],
        [...by, "pause_job", "job", "done"],
        [...by, "resume_job", "job", "done"],
        [...by, "cancel_job", "job", "done"],
      ]);
      const jobs = linesOf(world, "audit").filter(({ job }) => job !== undefined);
      deepEqual(jobs.map(({ job }) => job), [id, id, id, id]);
      equal(jobs[0]?.count, 2);
    });

    await t.step("history says who did it", async () => {
      const { body } = await world.json(path);
      const history = Object(body).history.map(({ type, actor }: Line) => [type, actor]);
      // The job's own recovery is nobody's in person.
      deepEqual(history.filter(([, actor]: unknown[]) => actor !== undefined), [
        ["authorised", "anna"],
        ["recovered", "anna"],
        ["imported", "anna"],
        ["imported", "admin"],
      ]);
    });

    await t.step("who is not known changes nothing, and fills no audit", async () => {
      const before = linesOf(world, "audit").length;
      equal(await statusOf(world.call(path, { key: "a-wrong-key", method: "DELETE" })), 401);
      equal(await statusOf(world.call(path, { key: null, method: "DELETE" })), 401);
      equal(await statusOf(post(world, `/ui${path}/recover`, "")), 303);
      await deliver(world, sandbox.webhook("INSTALL", location));
      equal((await world.json(path)).status, 200);
      equal(linesOf(world, "audit").length, before);
    });

    await t.step("the dashboard says who is signed in, and its changes have their lines", async () => {
      sessions.anna = await signIn(world, ANNA);
      sessions.crm = await signIn(world, CRM_OLD);
      const page = await (await world.call("/", { key: null, headers: { Cookie: sessions.anna } })).text();
      match(page, /<b>anna<\/b>/);
      const told = await auditOf(world, 4, async () => {
        equal(await statusOf(post(world, `/ui${path}/recover`, sessions.anna)), 303);
        const started = await post(world, "/ui/recoveries", sessions.anna, {
          what: "ids",
          ids: location.locationId,
        });
        const job = started.headers.get("location")?.split("/").at(-1);
        equal((await world.json(`/recoveries/${job}`)).body.startedBy, "anna");
        equal(await statusOf(post(world, `/ui/recoveries/${job}/cancel`, sessions.anna)), 303);
        equal(await statusOf(post(world, `/ui${path}/forget`, sessions.crm)), 403);
      });
      deepEqual(told, [
        ["anna", "admin", "dashboard", "recover", nameOf(location), "recovered"],
        ["anna", "admin", "dashboard", "start_job", "job", "done"],
        ["anna", "admin", "dashboard", "cancel_job", "job", "done"],
        ["crm", "service", "dashboard", "forget", nameOf(location), "refused"],
      ]);
      const shown = await world.call(`/ui${path}`, { key: null, headers: { Cookie: sessions.anna } });
      match(await shown.text(), /· <bdi>anna/);
    });

    await t.step(
      "a caller's trace reaches HighLevel and stands in his lines; what is none is left out",
      async () => {
        const call = (traceparent: string): Promise<number> =>
          statusOf(
            world.call(`/proxy/${nameOf(location)}/contacts/`, { key: CRM_NEW, headers: { traceparent } }),
          );
        const before = linesOf(world, "info").length;
        equal(await call(TRACE), 200);
        equal(await call("00-secret-trace-01"), 200);
        deepEqual(traces, [TRACE, null]);
        await until(() => linesOf(world, "info").length >= before + 2);
        deepEqual(linesOf(world, "info").slice(before).map(({ traceparent }) => traceparent), [
          TRACE,
          undefined,
        ]);
      },
    );

    await t.step(
      "/metrics: Prometheus reads it, one call of the directory, with what has happened here",
      async () => {
        trouble = 429;
        equal(
          await statusOf(world.call(`/proxy/${nameOf(location)}/contacts/`, { key: CRM_NEW })),
          429,
        );
        trouble = 0;
        await until(async () =>
          (await metricsOf(world)).get(`reconnect_highlevel_answers_total{status="429"}`) === 1
        );
        await until(async () =>
          (await metricsOf(world)).get(`reconnect_changes_total{type="forgotten"}`) === 1
        ); // the directory hears of it within a second
        await until(async () =>
          Number((await metricsOf(world)).get(`reconnect_changes_total{type="recovered"}`)) >= 3
        );
        await world.handle("daily");
        const counted = await countsSince(world);
        const response = await world.call("/metrics", { key: BEN });
        const { "calls.metrics": calls, "calls.list": lists, "calls.counts": counts } = await countsSince(
          world,
          counted,
        );
        deepEqual([calls, lists, counts], [1, undefined, undefined]);
        equal(
          response.headers.get("content-type"),
          "application/openmetrics-text; version=1.0.0; charset=utf-8",
        );
        const text = await response.text();
        await promParsed(text);
        const metrics = await metricsOf(world);
        const of = (name: string): number | undefined => metrics.get(name);
        equal(of(`reconnect_connections{kind="location",status="connected",cause=""}`), 1);
        equal(of("reconnect_directory_complete"), 1);
        equal(of(`reconnect_changes_total{type="forgotten"}`), 1);
        equal([...metrics].filter(([name]) => name.startsWith("reconnect_failures_total{")).length, 1);
        ok((of(`reconnect_jobs{status="cancelled"}`) ?? 0) >= 1);
        equal(of("reconnect_overdue_connections"), 0);
        equal(of("reconnect_renewed_connections"), 1);
        ok(Math.abs((of("reconnect_sweep_timestamp_seconds") ?? 0) * 1000 - Date.now()) < HOUR);
        doesNotMatch(
          text,
          new RegExp(`${location.locationId}|${lost.locationId}|anna|ghl_`),
          "no id, no name",
        );
        for (const [key, status] of [[null, 401], [CRM_NEW, 200], [KEYS.admin, 200]] as const) {
          equal(await statusOf(world.call("/metrics", { key })), status);
        }
      },
    );

    await t.step(
      "requests are limited per name: 429 with Retry-After, and nobody else is held up",
      async () => {
        let refused: Response | undefined;
        for (let n = 0; n < 2 * LIMIT && !refused; n++) {
          const response = await world.call("/recoveries/none", { key: FLOOD });
          if (response.status === 429) refused = response;
          else await response.body?.cancel();
        }
        equal(refused?.headers.get("retry-after"), "60");
        equal(Object(await refused?.json()).code, "too_many_requests");
        equal((await world.json(`${path}/token`, { key: CRM_NEW })).status, 200);
      },
    );

    const read = await world.json(`${path}/token`, { key: CRM_NEW });
    token = String(read.body.access_token);
    const logs = world.logs.join("\n");
    for (const key of [ANNA, BEN, CRM_OLD, CRM_NEW, FLOOD, KEYS.admin, token]) ok(!logs.includes(key));
  }

  await t.step("READ_ONLY", async (t) => {
    await using world = await startWorld({
      ...common,
      variables: { KEYS: NAMED.join(","), READ_ONLY: "true", LOG_SAMPLING: "0" },
    });

    await t.step("a session ends with its key, and no other does", async () => {
      const look = (cookie: string): Promise<number> =>
        statusOf(world.call("/connections", { key: null, headers: { Cookie: cookie } }));
      equal(await look(sessions.anna), 200);
      equal(await look(sessions.crm), 401);
      equal(await statusOf(world.call(`${path}/token`, { key: CRM_OLD })), 401);
      equal(await statusOf(world.call(`${path}/token`, { key: CRM_NEW })), 200);
    });

    for (const route of routes.filter(({ changes }) => !keepsAll(changes))) {
      await t.step(`${route.method} ${route.path} changes nothing`, async () => {
        await refusedWhileReadOnly(world, route, sessions.anna);
      });
    }

    await t.step("what was refused is audited, whatever the sampling", () => {
      const told = linesOf(world, "audit");
      ok(told.length > 10);
      for (const line of told) {
        deepEqual([line.outcome, line.code], ["refused", "read_only"]);
      }
      deepEqual(linesOf(world, "info").filter(({ status }) => Number(status) < 400), []);
    });

    await t.step("a bulk recovery and the daily sweep stand still", async () => {
      const before = { ...sandbox.counts };
      const of = async (name: string, kind: "job" | "directory", method: string, ...args: unknown[]) =>
        await world.handle("call", { of: kind, name, method, args });
      await of("held", "job", "create", "held", { kind: "targets" }, "anna");
      await of("held", "job", "add", [{ kind: "location", id: location.locationId }]);
      await of("held", "job", "start");
      await world.ring("held", "job");
      await of("0", "directory", "startSweep");
      await world.ring("0", "directory");
      const message = { jobId: "held", round: 0, since: Date.now(), revives: true };
      const outcome = await world.handle("queue", {
        queue: "recoveries",
        message: { ...message, targets: [{ kind: "location", id: location.locationId }] },
      });
      deepEqual(outcome, ["ack 0"], "the job sends it again");
      const { body } = await world.json("/recoveries/held");
      deepEqual([body.status, body.remaining], ["running", 1]);
      const [daily] = await world.sql("0", "SELECT at FROM schedule WHERE name = 'daily'", [], "directory");
      ok(Number(daily?.at) > worldClock.now() + 10 * 60_000, "looked at again in a quarter of an hour");
      deepEqual({ ...sandbox.counts }, before);
    });

    await t.step("people are told, and may still look", async () => {
      const headers = { Cookie: sessions.anna };
      for (const page of ["/", "/ui/recoveries", `/ui${path}`]) {
        const text = await (await world.call(page, { key: null, headers })).text();
        match(text, /This worker is read-only for now/, page);
        doesNotMatch(text, /<form[^>]+(recover|forget)/, page);
      }
      equal(
        await statusOf(world.call("/export", { key: ANNA })),
        200,
        "a copy is made while nothing changes",
      );
      equal((await metricsOf(world)).get("reconnect_directory_complete"), 1);
      equal((await world.json("/readyz", { key: null })).body.status, "ready");
    });

    await t.step(
      "a living token is served to its last minute, and nothing is spent for another",
      async () => {
        const { expiresAt } = (await world.json(path)).body;
        const before = { ...sandbox.counts };
        await world.advance(Date.parse(String(expiresAt)) - worldClock.now() - 60_000);
        await world.ring(nameOf(location));
        const served = await world.json(`${path}/token`, { key: CRM_NEW });
        deepEqual([served.status, served.body.access_token], [200, token]);
        await world.advance(120_000);
        await world.ring(nameOf(location));
        const ended = await world.call(`${path}/token`, { key: CRM_NEW });
        const problem = Object(await ended.json());
        deepEqual([ended.status, problem.code, ended.headers.get("retry-after")], [503, "read_only", "60"]);
        doesNotMatch(JSON.stringify(problem), new RegExp(token));
        equal(
          (await world.json(`/proxy/${nameOf(location)}/contacts/`, { key: CRM_NEW })).body.code,
          "read_only",
        );
        deepEqual({ ...sandbox.counts }, before);
      },
    );
  });

  await t.step("afterwards all goes on by itself, with the refresh token that was kept", async () => {
    const before = sandbox.counts.refresh;
    await using world = await startWorld({ ...common, variables: { KEYS: NAMED.join(",") } });
    await world.ring("held", "job");
    await until(async () => (await world.json("/recoveries/held")).body.status === "done");
    await world.ring(nameOf(location));
    const served = await world.json(`${path}/token`, { key: CRM_NEW });
    equal(served.status, 200);
    ok(served.body.access_token !== token);
    equal(sandbox.counts.refresh, before + 1);
    await tell(world, location); // that the job has recovered it
    await world.advance(24 * HOUR);
    await world.ring(nameOf(location));
    await tell(world, location);
    equal(sandbox.counts.refresh, before + 2);
    equal((await metricsOf(world)).get("reconnect_refreshes_total"), 0, "a plain refresh is told nobody");
    // Days without trouble: its refreshes are told once a week, each once.
    for (let week = 1; week <= 3; week++) {
      await world.advance(8 * 24 * HOUR);
      await world.ring(nameOf(location));
      await tell(world, location);
    }
    const refreshed = sandbox.counts.refresh - before;
    const toldOf = (await metricsOf(world)).get("reconnect_refreshes_total") ?? 0;
    ok(toldOf >= 2 && toldOf <= refreshed, `${toldOf} of ${refreshed} refreshes are told`);
  });
  worldClock.offsetMs = 0;
});

/** Sends what `route` wants, by whoever may; it is refused as one that may be let through later. */
async function refusedWhileReadOnly(world: WorkerWorld, route: Route, cookie: string): Promise<void> {
  const path = route.path.replace(":kind", "location").replace(/:\w+(\{\.\*\})?/g, "some1");
  const method = route.method === "all" ? "POST" : route.method.toUpperCase();
  switch (route.access) {
    case "session": {
      const response = await post(world, path, cookie);
      equal(response.status, 503);
      match(await response.text(), /Read-only for now/);
      return;
    }
    case "signature": {
      const { body, headers } = await world.sandbox.signWebhook({ type: "INSTALL" });
      const response = await world.call(path, { method, body, headers, key: null });
      equal(Object(await response.json()).code, "read_only");
      deepEqual(
        [response.status, response.headers.get("retry-after")],
        [429, "60"],
        "HighLevel delivers it again",
      );
      return;
    }
    case "none": {
      const response = await world.call(`${path}?code=abc`, { method, key: null });
      deepEqual([response.status, response.headers.get("retry-after")], [503, "60"]);
      match(await response.text(), /Please try again later\. Nothing was changed/);
      return;
    }
    default: {
      const init = method === "GET" ? {} : { body: "{}", headers: JSON_TYPE };
      const response = await world.call(path, { method, key: ANNA, ...init });
      equal(Object(await response.json()).code, "read_only");
      deepEqual([response.status, response.headers.get("retry-after")], [503, "60"]);
    }
  }
}
