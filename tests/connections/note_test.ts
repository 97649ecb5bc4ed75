import assert from "node:assert/strict";
import { world } from "./world.ts";

const LOCATION = { locationId: "notedLocation" };
const OLD = { companyId: "oldAgency" };
const NEW = { companyId: "newAgency" };

Deno.test("an agency that a living location is told to have moved to is asked first, without a request before that", async () => {
  const { sandbox, connections, connect } = world();
  sandbox.addLocation({ ...LOCATION, ...OLD });
  sandbox.addCompany(NEW);
  for (const target of [OLD, NEW, LOCATION]) await connect(target);
  sandbox.removeReconnect();
  sandbox.transfer(LOCATION.locationId, NEW.companyId);
  sandbox.resetCounts();

  await connections.note(LOCATION, NEW);
  assert.equal(sandbox.counts.total, 0);
  assert.equal((await connections.get(LOCATION))?.companyId, NEW.companyId);

  const recovery = await connections.recover(LOCATION);
  assert.equal(recovery.by, "agency");
  assert.equal(sandbox.counts.locationToken, 1, "the old agency was not asked");
});

Deno.test("what is noted stays with the connection, and is told by get", async () => {
  const { connections, connect, expire } = world();
  await connect(LOCATION);
  await connections.note(LOCATION, { versionId: "version1", isWhiteLabel: true, name: "Harbour" });
  expire();
  await connections.accessToken(LOCATION);
  const { versionId, isWhiteLabel, name } = await connections.get(LOCATION) ?? {};
  assert.deepEqual({ versionId, isWhiteLabel, name }, {
    versionId: "version1",
    isWhiteLabel: true,
    name: "Harbour",
  });
});

Deno.test("what is known already, or is about nothing that is held, is not written", async () => {
  const { store, connections, connect } = world();
  await connections.note(LOCATION, NEW);
  assert.equal(await connections.get(LOCATION), undefined);
  await connect(LOCATION);
  await connections.note(LOCATION, NEW);
  const { put } = store.calls;
  await connections.note(LOCATION, NEW);
  await connections.note(LOCATION, {});
  assert.equal(store.calls.put, put);

  await connections.forget(LOCATION);
  await connections.note(LOCATION, NEW);
  assert.equal(await connections.get(LOCATION), undefined, "forgetting wins");
  await assert.rejects(connections.note(LOCATION, { companyId: "no id!" }), TypeError);
});

Deno.test("a note never stands against what came meanwhile where no lock keeps it away: new tokens, or a forgetting", async () => {
  for (const meanwhile of ["accessToken", "forget"] as const) {
    const { sandbox, memory, connections, another, connect, expire } = world();
    await connect(LOCATION);
    expire();
    let isFirst = true;
    const noting = another({
      store: {
        get: async (key) => {
          const found = await memory.get(key);
          if (isFirst && key.endsWith(LOCATION.locationId)) {
            isFirst = false;
            await connections[meanwhile](LOCATION);
          }
          return found;
        },
        put: (key, record, options) => memory.put(key, record, options),
        delete: (key) => memory.delete(key),
        list: (options) => memory.list(options),
      },
    });
    await noting.note(LOCATION, { name: "Harbour" });
    sandbox.resetCounts();
    const held = await connections.get(LOCATION);
    assert.equal(held?.name, meanwhile === "forget" ? undefined : "Harbour");
    if (held) assert.ok(sandbox.isLiving(await connections.accessToken(LOCATION)));
    assert.equal(sandbox.counts.total, 0, "what came meanwhile stands");
  }
});
