import assert from "node:assert/strict";
import ky from "ky";
import createClient from "openapi-fetch";
import { traffic, world } from "./world.ts";

const LOCATION = { locationId: "typedLocation" };
const BASE = "https://services.leadconnectorhq.com";

/** What a generated client knows of one path. */
interface Paths {
  "/locations/{locationId}": {
    get: {
      parameters: { path: { locationId: string } };
      responses: { 200: { content: { "application/json": { location: { id: string } } } } };
    };
  };
  "/contacts/": {
    post: {
      requestBody: { content: { "application/json": { locationId: string; firstName: string } } };
      responses: { 201: { content: { "application/json": { contact: { id: string; firstName: string } } } } };
    };
  };
}

Deno.test("a typed client of openapi-fetch calls with the connection's token, and heals", async () => {
  const { sandbox, connections, connect } = world();
  await connect(LOCATION);
  const client = createClient<Paths>({ baseUrl: BASE, fetch: connections.fetcher(LOCATION) });
  const { data } = await client.GET("/locations/{locationId}", { params: { path: LOCATION } });
  assert.equal(data?.location.id, LOCATION.locationId);
  sandbox.loseTokens();
  const body = { ...LOCATION, firstName: "Ada" };
  const created = await client.POST("/contacts/", { body });
  assert.equal(created.data?.contact.firstName, "Ada", "the body was sent again after healing");
  assert.deepEqual(
    traffic(sandbox),
    { refresh: 1, reconnect: 1, exchange: 1, others: 4 },
    "a token of a moment ago is tried twice",
  );
});

Deno.test("ky calls with the connection's token, and heals", async () => {
  const { sandbox, connections, connect } = world();
  await connect(LOCATION);
  const api = ky.create({ prefix: BASE, fetch: connections.fetcher(LOCATION), retry: 0 });
  sandbox.loseTokens();
  const created = await api.post("contacts/", { json: { ...LOCATION, firstName: "Ada" } }).json();
  assert.match(JSON.stringify(created), /Ada/);
});

Deno.test("a fetcher is bound to one connection, which is checked at once", () => {
  const { connections } = world();
  const call = (): unknown => Reflect.apply(connections.fetcher, connections, [{ locationId: "a b" }]);
  assert.throws(call, { name: "TypeError", message: /^locationId must/ });
});
