import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Connections } from "../../../src/connections/connections.ts";
import { tokenSetFrom } from "../../../src/oauth/token_set.ts";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { SqlStore, type SqlValue } from "../../../src/stores/sql_store.ts";
import { recordOf } from "../../../src/testing/promises_of.ts";
import { skipped } from "../../programs.ts";

const TARGET = { locationId: "crampedLocation" };

/** A folder that holds a megabyte; `undefined` where this user may not make one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "highlevel-full-" });
  const mount = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder] });
  const isMounted = await mount.output().then(({ success }) => success, () => false);
  if (isMounted) return folder;
  skipped("the test of a full disk", "run it as root where mount is allowed");
  await Deno.remove(folder);
}

const folder = await smallDisk();
Deno.test.afterAll(async () => {
  if (folder === undefined) return;
  await new Deno.Command("umount", { args: [folder] }).output();
  await Deno.remove(folder);
});

Deno.test({
  name: "on a full disk nobody spends a refresh token, what was kept stays, and with room again all goes on",
  ignore: folder === undefined,
  fn: async () => {
    const database = new DatabaseSync(`${folder}/a.sqlite`, { timeout: 1_000 });
    database.exec("pragma synchronous = full");
    const query = (text: string, values: SqlValue[]) => database.prepare(text).all(...values);
    const store = new SqlStore({ query, dialect: "sqlite" });
    await store.migrate();
    const sandbox = createSandbox({ rateLimit: false });
    const connections = new Connections({
      app: { ...sandbox.app, fetch: sandbox.fetch },
      store,
      sleep: () => Promise.resolve(),
      coolDownMs: 0,
    });
    await connections.save(
      TARGET,
      tokenSetFrom(sandbox.install(TARGET), Date.now() - 86_400_000, "Location"),
    );
    sandbox.expireAccessTokens();
    await store.lock("k", () => Promise.resolve()); // a lease that is there needs no room

    const filler = await Deno.open(`${folder}/filler`, { create: true, write: true });
    const full = async (): Promise<void> => {
      for (;;) await filler.write(new Uint8Array(4_096));
    };
    await assert.rejects(full(), /No space left/);
    filler.close();
    const big = recordOf("x".repeat(100_000));
    await assert.rejects(store.put("big", big), /full|disk/i);
    await assert.rejects(connections.accessToken(TARGET), { code: "store_failed" });
    assert.equal(sandbox.counts.refresh, 0, "nobody spends what cannot be noted");
    assert.equal(await store.get("big"), undefined);
    assert.equal((await connections.get(TARGET))?.status, "connected");

    await Deno.remove(`${folder}/filler`);
    assert.ok(sandbox.isLiving(await connections.accessToken(TARGET)));
    assert.equal(sandbox.counts.reconnect, 0);
    assert.equal(await store.put("big", big), true);
    database.close();
  },
});
