import { deepEqual, equal, ok } from "node:assert/strict";
import type { WorkerEnv } from "../../src/worker/env.ts";
import { readSettings, type SettingsResult } from "../../src/worker/settings.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";
import { KEYS, SEALING_KEY } from "./worker_world.ts";

function settingsWith(previous: string): SettingsResult {
  const env: object = {
    HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
    HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
    HIGHLEVEL_PREVIOUS_CREDENTIALS: previous,
    SEALING_KEYS: SEALING_KEY,
    ADMIN_KEY: KEYS.admin,
    TOKENS: new FakeKvNamespace(),
    CONNECTIONS: {},
    JOBS: {},
    RECOVERIES: {},
  };
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  ok(isEnv(env));
  return readSettings(env);
}

Deno.test("older pairs are cut at their first colon, without the blanks around their parts", () => {
  const cases: Record<string, readonly (readonly [id: string, secret: string])[]> = {
    "old-id:secret": [["old-id", "secret"]],
    "old-id:part1:part2": [["old-id", "part1:part2"]],
    " old-id : part1:part2 ,\n older-id:\tsecret ": [["old-id", "part1:part2"], ["older-id", "secret"]],
    "": [],
  };
  for (const [text, pairs] of Object.entries(cases)) {
    const result = settingsWith(text);
    ok(result.ok, text);
    deepEqual(
      result.settings.app.previousCredentials,
      pairs.map(([clientId, clientSecret]) => ({ clientId, clientSecret })),
    );
  }
});

Deno.test("an older pair that is none stops the worker, and is not shown", () => {
  for (const text of ["old-id", "old-id:", ":secret", " : ", "fine:fine,old-id"]) {
    const result = settingsWith(text);
    equal(result.ok, false, text);
    ok(!result.ok && /HIGHLEVEL_PREVIOUS_CREDENTIALS.*id:secret/.test(result.problems.join()), text);
    ok(!JSON.stringify(result).includes("old-id"));
  }
});
