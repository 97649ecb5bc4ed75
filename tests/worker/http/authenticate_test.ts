import { equal, ok, rejects } from "node:assert/strict";
import { limitWrongKeys, requireRole } from "../../../src/worker/http/authenticate.ts";
import { keyringOf } from "../../../src/worker/http/keyring.ts";
import { ProblemError } from "../../../src/worker/http/problem.ts";

const keys = keyringOf([["admin", "the-admins-own-key"]]);
const request = new Request("https://worker.example/connections", {
  headers: { Authorization: "Bearer a-wrong-key" },
});

Deno.test("a wrong key is refused as one also where the limit of wrong keys cannot be asked", async () => {
  const broken = { limit: () => Promise.reject(new Error("the rate limit is out of reach")) };
  await limitWrongKeys(request, broken);
  await rejects(requireRole(request, "admin", keys, broken), (error) => {
    ok(error instanceof ProblemError);
    equal(error.problem.status, 401);
    return true;
  });
});

Deno.test("too many wrong keys of an address are refused with 429", async () => {
  const full = { limit: () => Promise.resolve({ success: false }) };
  await rejects(requireRole(request, "admin", keys, full), (error) => {
    ok(error instanceof ProblemError);
    equal(error.problem.status, 429);
    return true;
  });
});
