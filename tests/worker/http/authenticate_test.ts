import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import {
  authenticate,
  limitRequests,
  limitWrongKeys,
  requireRole,
} from "../../../src/worker/http/authenticate.ts";
import { keyringOf } from "../../../src/worker/http/keyring.ts";
import { ProblemError } from "../../../src/worker/http/problem.ts";

const keys = keyringOf({ keys: [{ role: "admin", key: "the-admins-own-key" }], sealingKeys: ["seal"] });
const request = new Request("https://worker.example/connections", {
  headers: { Authorization: "Bearer a-wrong-key" },
});

Deno.test("a wrong key is refused as one also where the limit of wrong keys cannot be asked", async () => {
  const broken = { limit: () => Promise.reject(new Error("the rate limit is out of reach")) };
  await limitWrongKeys(request, broken);
  await rejects(authenticate(request, keys, broken), (error) => {
    ok(error instanceof ProblemError);
    equal(error.problem.status, 401);
    return true;
  });
});

Deno.test("too many wrong keys of an address are refused with 429", async () => {
  const full = { limit: () => Promise.resolve({ success: false }) };
  await rejects(authenticate(request, keys, full), (error) => {
    ok(error instanceof ProblemError);
    equal(error.problem.status, 429);
    return true;
  });
});

Deno.test("a role may do what the ones below it may, and no more", () => {
  const roles = ["viewer", "service", "admin"] as const;
  for (const [have, role] of roles.entries()) {
    for (const [need, needed] of roles.entries()) {
      const ask = (): void => requireRole({ role, name: "anna" }, needed);
      if (have >= need) ask();
      else throws(ask, (error) => error instanceof ProblemError && error.problem.status === 403);
    }
  }
});

Deno.test("requests count per app and name, both keys of a name as one; too many are a 429 with Retry-After", async () => {
  const counted: string[] = [];
  const limit = ({ key }: { readonly key: string }) => {
    counted.push(key);
    return Promise.resolve({ success: key !== "app1/ben" });
  };
  await limitRequests({ role: "service", name: "anna" }, "app1", { limit });
  await limitRequests({ role: "service" }, "app1", { limit });
  await rejects(limitRequests({ role: "viewer", name: "ben" }, "app1", { limit }), (error) => {
    ok(error instanceof ProblemError);
    const { status, code, retryAfterSeconds } = error.problem;
    deepEqual([status, code, retryAfterSeconds], [429, "too_many_requests", 60]);
    return true;
  });
  deepEqual(counted, ["app1/anna", "app1/service", "app1/ben"]);
  await limitRequests({ role: "admin" }, "app1", undefined);
  await limitRequests({ role: "admin" }, "app1", { limit: () => Promise.reject(new Error("out of reach")) });
});
