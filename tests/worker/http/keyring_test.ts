import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { keyringOf } from "../../../src/worker/http/keyring.ts";
import type { Key } from "../../../src/worker/settings.ts";

const KEYS: readonly Key[] = [
  { role: "admin", key: "the-admins-key" },
  { role: "service", name: "crm", key: "the-crm's-old-key" },
  { role: "service", name: "crm", key: "the-crm's-new-key" },
  { role: "viewer", name: "anna", key: "the-key-of-anna" },
];
const keyring = keyringOf({ keys: KEYS, sealingKeys: ["sealing-key"] });

Deno.test("every key is found by the whole of it, with role and name, and by its id", async () => {
  for (const { key, ...actor } of KEYS) {
    const known = await keyring.find(key);
    deepEqual(known?.actor, actor);
    deepEqual((await keyring.withId(known?.id ?? ""))?.actor, actor);
    for (const wrong of ["", key.slice(0, -1), `${key}x`, key.toUpperCase(), ` ${key}`]) {
      equal(await keyring.find(wrong), undefined, wrong);
    }
  }
});

Deno.test("an id tells neither the key nor its hash, differs by sealing key, and goes with the key", async () => {
  const other = keyringOf({ keys: KEYS, sealingKeys: ["another-sealing-key"] });
  const without = keyringOf({ keys: KEYS.slice(1), sealingKeys: ["sealing-key"] });
  const { id = "" } = await keyring.find("the-admins-key") ?? {};
  ok(/^[0-9a-f]{64}$/.test(id));
  notEqual((await other.find("the-admins-key"))?.id, id);
  equal(await without.withId(id), undefined);
  equal(await keyring.withId("the-admins-key"), undefined);
});
