import assert from "node:assert/strict";
import { SqliteStore } from "../../examples/node_service/sqlite_store.mjs";
import { nodePath } from "../conformance/runtimes/installed.ts";
import { npm, packedPackage } from "../imports/packed.ts";
import { ROOT } from "../project/root.ts";
import { contractTests } from "../stores/contract_tests.ts";
import { servedSandbox } from "./served_sandbox.ts";
import { started } from "./started.ts";

const ignore = await nodePath() === undefined;

Deno.test(
  "node_service answers from HighLevel, and survives losing its process and its tokens",
  { ignore },
  async () => {
    await using packed = await packedPackage();
    await using world = await servedSandbox();
    const { sandbox, folder, env } = world;
    const { locationId } = sandbox.addLocation({ name: "A café" });
    for (const file of ["service.mjs", "sqlite_store.mjs"]) {
      await Deno.copyFile(`${ROOT}/examples/node_service/${file}`, `${folder}/${file}`);
    }
    await Deno.writeTextFile(`${folder}/package.json`, `{"private":true}`);
    await npm(["install", "--offline", "--no-audit", "--no-fund", packed.tarball], folder);
    const options = { cwd: folder, env: { ...env, PORT: "0" } };

    {
      await using service = await started(await nodePath() ?? "node", ["service.mjs"], options);
      const answer = await fetch(`${service.url}/locations/${locationId}`);
      assert.match(await answer.text(), /A café/);
      assert.equal(sandbox.counts.reconnect, 1);
      assert.equal((await fetch(`${service.url}/elsewhere`)).status, 404);
    }
    sandbox.resetCounts();
    {
      await using service = await started(await nodePath() ?? "node", ["service.mjs"], options);
      assert.equal(await statusOf(`${service.url}/locations/${locationId}`), 200);
      assert.equal(sandbox.counts.total, 1, "the next process found the token in SQLite");
      sandbox.loseTokens();
      assert.equal(await statusOf(`${service.url}/locations/${locationId}`), 200);
      sandbox.uninstall({ locationId });
      const refused = await fetch(`${service.url}/locations/${locationId}`);
      assert.equal(refused.status, 502);
      assert.match(await refused.text(), /"code":"reauthorization_required"/);
    }
    const files = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("connections.sqlite"));
    const stored = files.map(({ name }) =>
      new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`))
    );
    assert.match(stored.join(), new RegExp(locationId));
    for (const secret of sandbox.issuedSecrets()) {
      assert.ok(!stored.join().includes(secret), "tokens are sealed");
    }
  },
);

contractTests(
  "the example's SqliteStore",
  (now) => Promise.resolve({ store: new SqliteStore(":memory:", now) }),
);

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}
