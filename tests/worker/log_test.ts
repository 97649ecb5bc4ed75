import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { errorDetails, logRequest } from "../../src/worker/log.ts";
import { MisconfiguredError } from "../../src/worker/settings/misconfigured_error.ts";
import { ProblemError, problemResponse } from "../../src/worker/http/problem.ts";
import { deliver } from "./calls.ts";
import { startWorld, TEST_ENTRY } from "./worker_world.ts";

const LINE = { method: "GET", route: "/connections", ms: 1, requestId: "r1" } as const;

/** What `logRequest` writes for an answer. */
async function lines(response: Response, sampling: number, times = 1): Promise<Record<string, unknown>[]> {
  const { log } = console;
  const written: string[] = [];
  console.log = (line: string) => void written.push(line);
  try {
    for (let time = 0; time < times; time++) {
      await logRequest({ ...LINE, status: response.status }, response, sampling);
    }
  } finally {
    console.log = log;
  }
  return written.map((line) => JSON.parse(line));
}

Deno.test("K17: an error is told by name, code, trace id and frames, never by its message", () => {
  const cause = new TypeError("secret-1");
  const error = new HighLevelError("unavailable", "secret-2", { status: 503, traceId: "t1", cause });
  const { frames, ...rest } = errorDetails(error);
  deepEqual(rest, {
    error: "HighLevelError",
    code: "unavailable",
    status: 503,
    traceId: "t1",
    cause: "TypeError",
  });
  match(String(frames), /log_test\.ts:\d+:\d+/);
  const problem = new ProblemError({ status: 409, code: "not_allowed", detail: "secret-3", traceId: "t2" });
  const { code, status, traceId } = errorDetails(problem);
  deepEqual([code, status, traceId], ["not_allowed", 409, "t2"]);
  const misconfigured = errorDetails(new MisconfiguredError(["ADMIN_KEY is missing"]));
  deepEqual([misconfigured.code, misconfigured.problems], ["misconfigured", ["ADMIN_KEY is missing"]]);
  const reset = Object.assign(new Error("secret-4"), { retryable: true, overloaded: false });
  equal(errorDetails(reset).retryable, true);
  equal("overloaded" in errorDetails(reset), false);
  for (const thrown of [error, problem, reset, "secret-5", { secret: "secret-6" }, undefined]) {
    ok(!JSON.stringify(errorDetails(thrown)).includes("secret"));
  }
});

Deno.test("K17: a request's line has its outcome, and the code, trace id and outcome of a problem", async () => {
  const [fine] = await lines(new Response("ok"), 1);
  deepEqual(fine, { level: "info", ...LINE, status: 200, outcome: "ok" });
  const refused = { status: 401, code: "wrong_key", detail: "secret" } as const;
  const [line] = await lines(problemResponse(refused), 1);
  deepEqual(line, { level: "info", ...LINE, status: 401, outcome: "refused", code: "wrong_key" });
  const failed = { status: 424, code: "reauthorization_required", detail: "secret", traceId: "t1" } as const;
  const [recovery] = await lines(
    problemResponse({ ...failed, extra: { outcome: "reauthorization_required" } }),
    1,
  );
  const { code, traceId, outcome } = recovery ?? {};
  deepEqual([code, traceId, outcome], ["reauthorization_required", "t1", "reauthorization_required"]);
});

Deno.test("LOG_SAMPLING is the share of successful lines; what fails is always told", async () => {
  equal((await lines(new Response("ok"), 0, 200)).length, 0);
  equal((await lines(new Response("ok"), 1, 200)).length, 200);
  const some = (await lines(new Response("ok"), 0.5, 1_000)).length;
  ok(some > 350 && some < 650, `${some}`);
  equal((await lines(problemResponse({ status: 404, code: "not_found", detail: "" }), 0, 20)).length, 20);
  equal((await lines(new Response("page", { status: 500 }), 0, 20)).length, 20);
});

Deno.test("K17: what fails in an object is told by the request that met it: code, outcome, frames, no message", async () => {
  await using world = await startWorld({ entry: TEST_ENTRY, variables: { LOG_SAMPLING: "0" } });
  const { locationId } = world.sandbox.addLocation();
  equal((await world.json(`/connections/location/${locationId}/token`)).status, 200);
  await world.handle("reset", { times: 10 });
  const [appId] = world.sandbox.app.clientId.split("-");
  await deliver(world, { type: "INSTALL", appId, locationId });
  const told = world.logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  deepEqual(told.map(({ level, status, code }) => [level, status, code]), [
    ["error", undefined, undefined],
    ["info", 429, "internal"],
  ]);
  const [{ error, outcome, remote, frames, requestId }, line] = told;
  deepEqual([error, outcome, remote, requestId], ["Error", "answered", true, line.requestId]);
  match(String(frames), /\w+ \w+\.js:\d+:\d+/);
  ok(!world.logs.join("").includes("Internal error"));
});
