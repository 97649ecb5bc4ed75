import assert from "node:assert/strict";
import { createSandbox, type SandboxOptions } from "../../src/sandbox/mod.ts";
import { refresh } from "./client.ts";

interface Windowed {
  readonly sandbox: ReturnType<typeof createSandbox>;
  readonly first: string;
  readonly later: (ms: number) => void;
}

function world(options: SandboxOptions = {}): Windowed {
  let now = Date.UTC(2026, 10, 26);
  const sandbox = createSandbox({ now: () => now, ...options });
  const { refresh_token: first = "" } = sandbox.install({ locationId: "sub" });
  return { sandbox, first, later: (ms) => void (now += ms) };
}

Deno.test("the same refresh within 30 s returns the same refresh token and a new access token", async () => {
  const { sandbox, first, later } = world();
  const granted = await refresh(sandbox, first);
  later(29_999);
  const again = await refresh(sandbox, first);
  assert.equal(again.status, 200);
  assert.equal(again.body.refresh_token, granted.body.refresh_token);
  assert.notEqual(again.body.access_token, granted.body.access_token);
  assert.ok(sandbox.isLiving(again.body.access_token) && sandbox.isLiving(granted.body.access_token));
  assert.ok(!sandbox.isLiving(first));
  assert.deepEqual([sandbox.counts.windowRepeats, sandbox.counts.spentRefreshTokenUses], [1, 0]);

  later(1);
  assert.equal((await refresh(sandbox, first)).body.message, "Invalid grant: refresh token is invalid");
  assert.deepEqual([sandbox.counts.windowRepeats, sandbox.counts.spentRefreshTokenUses], [1, 1]);
});

Deno.test("a repeat gives the same refresh token again even where that one has been spent", async () => {
  const { sandbox, first } = world();
  const second = (await refresh(sandbox, first)).body.refresh_token;
  const third = (await refresh(sandbox, second)).body.refresh_token;
  assert.equal((await refresh(sandbox, first)).body.refresh_token, second);
  assert.ok(!sandbox.isLiving(second) && sandbox.isLiving(third));
});

Deno.test("the window can be another, or none, and can be changed while the sandbox runs", async () => {
  const { sandbox, first, later } = world({ refreshWindowMs: 0 });
  const second = (await refresh(sandbox, first)).body.refresh_token;
  assert.equal((await refresh(sandbox, first)).status, 400);
  sandbox.set({ refreshWindowMs: 5_000 });
  assert.equal((await refresh(sandbox, second)).status, 200);
  later(4_999);
  assert.equal((await refresh(sandbox, second)).status, 200);
  later(1);
  assert.equal((await refresh(sandbox, second)).status, 400);
});

Deno.test("a token that was lost or uninstalled stays dead inside the window", async () => {
  const ends: ("loseTokens" | "uninstall")[] = ["loseTokens", "uninstall"];
  for (const end of ends) {
    const { sandbox, first } = world();
    await refresh(sandbox, first);
    sandbox[end]({ locationId: "sub" });
    assert.equal((await refresh(sandbox, first)).status, 400, end);
    assert.deepEqual([sandbox.counts.windowRepeats, sandbox.counts.spentRefreshTokenUses], [0, 0], end);
  }
});

Deno.test("another pair of the app has no window, and its question is no use of a spent token", async () => {
  const older = { clientId: "65a1b2c3d4e5f60718293a4b-older001", clientSecret: "older-secret" };
  const { sandbox, first } = world({ app: { previous: [older] } });
  await refresh(sandbox, first);
  const asked = await refresh(sandbox, first, {
    client_id: older.clientId,
    client_secret: older.clientSecret,
  });
  assert.equal(asked.body.message, "Invalid grant: refresh token was issued to another client");
  assert.deepEqual([sandbox.counts.windowRepeats, sandbox.counts.spentRefreshTokenUses], [0, 0]);
});

Deno.test("a paused location is refused inside the window too, and the repeat works once it is active", async () => {
  const { sandbox, first } = world();
  const second = (await refresh(sandbox, first)).body.refresh_token;
  sandbox.pause("sub");
  assert.equal((await refresh(sandbox, first)).body.message, "Location is not active");
  sandbox.resume("sub");
  assert.equal((await refresh(sandbox, first)).body.refresh_token, second);
});
