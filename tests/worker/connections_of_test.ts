import { equal, ok, rejects } from "node:assert/strict";
import { HighLevelError, type TokenSet } from "../../src/oauth/mod.ts";
import { ReconnectConnections } from "../../src/worker/connections_of.ts";
import type { WorkerEnv } from "../../src/worker/env.ts";
import { reconnectApp } from "../../src/worker/reconnect_app.ts";
import { FakeKvNamespace } from "../stores/fake_kv_namespace.ts";

Deno.test("while the worker is read-only the host's own code changes nothing, and is told so by the same word as over HTTP", async () => {
  let calls = 0;
  const objects = { idFromName: (name: string) => name, get: () => void calls++ };
  const env: object = {
    HIGHLEVEL_CLIENT_ID: "66a1b2c3d4e5f6a7b8c9d0e1-lz1abcde",
    HIGHLEVEL_CLIENT_SECRET: "secret-of-the-app",
    SEALING_KEYS: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ADMIN_KEY: "admin-key-0123456789",
    READ_ONLY: "true",
    ...{
      TOKENS: new FakeKvNamespace(),
      RECOVERIES: {},
      CONNECTIONS: objects,
      JOBS: objects,
      DIRECTORY: objects,
    },
  };
  const isEnv = (value: object): value is WorkerEnv => "TOKENS" in value;
  ok(isEnv(env));
  const connections = new ReconnectConnections(reconnectApp(env));
  const target = { locationId: "l1C08ntBrFjLS0elLIYU" };
  const tokens: TokenSet = {
    accessToken: "a",
    tokenType: "Bearer",
    expiresAt: new Date(),
    scope: [],
    userType: "Location",
  };
  const changes = {
    recover: () => connections.recover(target),
    recoverMany: () => connections.recoverMany([target]),
    save: () => connections.save(target, tokens),
    forget: () => connections.forget(target),
  };
  for (const [name, change] of Object.entries(changes)) {
    await rejects(change(), (error: unknown) => {
      ok(error instanceof HighLevelError);
      equal(`${error.code} ${error.reason}`, "store_failed read_only", name);
      return true;
    });
  }
  equal(calls, 0);
});
