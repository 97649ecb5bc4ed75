import SwaggerParser from "@apidevtools/swagger-parser";
import { deepEqual, equal, ok } from "node:assert/strict";
import * as v from "valibot";
import { routes } from "../../src/worker/create_app.ts";
import type { Route } from "../../src/worker/http/route.ts";
import { documentedPath } from "../../tasks/openapi/document.ts";
import { answerSchemas } from "../../tasks/openapi/answer_schemas.ts";
import { noteOf } from "../../tasks/openapi/route_notes.ts";
import { importLost } from "./calls.ts";
import { startWorld, until } from "./worker_world.ts";

function pathOf(route: Route | undefined): string {
  return documentedPath(route?.path ?? "");
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

Deno.test("the OpenAPI document is valid and matches the answers actually given", async (t) => {
  await using world = await startWorld();
  const { sandbox } = world;
  const { body: document } = await world.json("/openapi.json");

  await t.step("it is a valid OpenAPI 3.1 document", async () => {
    const parser = new SwaggerParser();
    await Reflect.apply(parser.validate, parser, [structuredClone(document)]);
  });

  await t.step("it names every documented route, and no operation twice", () => {
    const operations = Object.entries(Object(document.paths)).flatMap(([path, methods]) =>
      Object.entries(Object(methods)).map(([method, operation]) => ({
        path,
        method,
        id: Object(operation).operationId,
      }))
    );
    const ids = operations.map(({ id }) => id);
    equal(new Set(ids).size, ids.length);
    for (const route of routes.filter(noteOf)) {
      const path = pathOf(route);
      ok(operations.some((operation) => operation.path === path), path);
    }
  });

  await t.step("it tells what an import needs, in both spellings", () => {
    const { put } = Object(document.paths)["/connections/{kind}/{id}"];
    const { anyOf } = put.requestBody.content["application/json"].schema;
    deepEqual(anyOf.map(({ required }: { required: unknown }) => required), [["access_token"], [
      "accessToken",
    ]]);
    const [snake, camel] = anyOf.map(({ properties }: { properties: object }) => Object.keys(properties));
    deepEqual(snake.map(camelCase), camel);
    for (
      const name of ["refreshToken", "expiresIn", "expiresAt", "locationId", "companyId", "appId", "name"]
    ) {
      ok(camel.includes(name), name);
    }
  });

  await t.step("answers keep to it", async () => {
    const { locationId } = sandbox.addLocation({ name: "Harbour" });
    const { locationId: gone } = sandbox.addLocation();
    await importLost(world, { locationId: gone });
    const tokens = JSON.stringify({ ...sandbox.install({ locationId }), name: "Harbour" });
    const json = { "Content-Type": "application/json" };
    const job = await world.json("/recoveries", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ targets: [{ locationId }, { locationId: gone }] }),
    });
    await until(async () => (await world.json(`/recoveries/${job.body.id}`)).body.status === "done");
    await until(async () => {
      const { body: { isComplete, connections } } = await world.json(
        "/connections?status=reauthorization_required",
      );
      return isComplete === true && JSON.stringify(connections).includes(gone);
    });
    const campaign = await world.json("/campaigns", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ targets: [{ locationId: gone }], message: { en: "{link}" } }),
    });
    const installed = sandbox.marketplaceCode({ locationId });
    const ended = await world.call(`/oauth/callback?code=${installed}`, { key: null });
    await ended.body?.cancel();
    const { body: link } = await world.json(`/connections/location/${gone}/link`, { method: "POST" });
    const linkPath = new URL(String(link.url)).pathname;
    const webhook = await sandbox.signWebhook(sandbox.webhook("INSTALL", { locationId }));
    const moving = await (await world.call("/export")).text();
    const calls: Record<string, readonly [string, string, RequestInit?][]> = {
      "get /healthz": [["/healthz", "200"]],
      "get /readyz": [["/readyz", "200"]],
      "get /metrics": [["/metrics", "200"]],
      "get /connections": [["/connections", "200"], ["/connections?limit=0", "422"]],
      "get /connections/:kind/:id": [
        [`/connections/location/${locationId}`, "200"],
        [`/connections/location/${gone}`, "200"],
        ["/connections/location/none", "404"],
      ],
      "get /connections/:kind/:id/token": [
        [`/connections/location/${locationId}/token`, "200"],
        [`/connections/location/${gone}/token`, "424"],
      ],
      "post /connections/:kind/:id/check": [[`/connections/location/${locationId}/check`, "200"]],
      "put /connections/:kind/:id": [[`/connections/location/${locationId}`, "204", {
        body: tokens,
        headers: json,
      }]],
      "post /connections/:kind/:id/recover": [
        [`/connections/location/${locationId}/recover`, "200"],
        [`/connections/location/${gone}/recover`, "424"],
      ],
      "post /recoveries": [["/recoveries", "202", { body: `{"status":"broken"}`, headers: json }]],
      "get /events": [["/events?state=waiting", "200"], ["/events?state=gone", "422"]],
      "post /events/replay": [["/events/replay", "200", {
        body: `{"since":"2026-11-27T00:00Z"}`,
        headers: json,
      }]],
      "get /recoveries/:id": [[`/recoveries/${job.body.id}`, "200"]],
      "get /recoveries": [["/recoveries?limit=1", "200"]],
      "get /plan": [["/plan", "200"], ["/plan?status=paused", "422"], ["/plan?cursor=no", "422"]],
      "get /connections.csv": [["/connections.csv", "200"], ["/connections.csv?status=no", "422"]],
      "post /campaigns": [
        ["/campaigns", "201", { body: JSON.stringify({ targets: [{ locationId: gone }] }), headers: json }],
        ["/campaigns", "422", { body: `{"message":{"en":"Hello"}}`, headers: json }],
      ],
      "get /campaigns": [["/campaigns?limit=1", "200"]],
      "get /campaigns/:id": [[`/campaigns/${campaign.body.id}?which=missing`, "200"], [
        "/campaigns/none",
        "404",
      ]],
      "get /campaigns/:id{[\\w-]+\\.csv}": [[`/campaigns/${campaign.body.id}.csv`, "200"], [
        "/campaigns/no.csv",
        "404",
      ]],
      "post /campaigns/:id/events": [[`/campaigns/${campaign.body.id}/events`, "409"]],
      "delete /campaigns/:id": [[`/campaigns/${campaign.body.id}`, "204"]],
      "post /recoveries/:id/pause": [[`/recoveries/${job.body.id}/pause`, "200"]],
      "post /recoveries/:id/resume": [[`/recoveries/${job.body.id}/resume`, "200"]],
      "delete /recoveries/:id": [[`/recoveries/${job.body.id}`, "200"]],
      "get /recoveries/:id/events": [[`/recoveries/${job.body.id}/events`, "200"]],
      "all /proxy/:kind/:id/:path{.*}": [[`/proxy/location/${locationId}/locations/${locationId}`, "200"]],
      "get /oauth/install": [["/oauth/install", "302"]],
      "get /oauth/callback": [["/oauth/callback", "400"], ["/oauth/callback?error=access_denied", "303"], [
        `/oauth/callback?code=${"a".repeat(5_000)}`,
        "422",
      ]],
      "get /oauth/result/:sealed": [
        [ended.headers.get("location") ?? "", "200"],
        ["/oauth/result/AAAA", "404"],
      ],
      "post /oauth/code": [
        ["/oauth/code", "200", {
          body: JSON.stringify({ code: sandbox.authorize({ locationId }) }),
          headers: json,
        }],
        ["/oauth/code", "422", { body: `{"code":"unknown"}`, headers: json }],
        ["/oauth/code", "409", {
          body: JSON.stringify({ code: sandbox.authorize({ locationId }), expected: { locationId: gone } }),
          headers: json,
        }],
      ],
      "post /webhooks/highlevel": [
        ["/webhooks/highlevel", "401", { body: "{}", headers: json }],
        ["/webhooks/highlevel", "200", { body: webhook.body, headers: { ...json, ...webhook.headers } }],
      ],
      "get /openapi.json": [["/openapi.json", "200"]],
      "get /docs": [["/docs", "200"]],
      "post /connections/:kind/:id/link": [
        [`/connections/location/${gone}/link`, "200", { body: "{}", headers: json }],
        [`/connections/location/${gone}/link`, "422", { body: `{"expiresInSeconds":1}`, headers: json }],
      ],
      "get /connections/:kind/:id/health": [
        [`/connections/location/${locationId}/health`, "200"],
        [`/connections/location/${gone}/health`, "200"],
        ["/connections/location/none/health", "404"],
      ],
      "put /connections/:kind/:id/name": [
        [`/connections/location/${locationId}/name`, "200", { body: `{"name":"Harbour"}`, headers: json }],
        ["/connections/location/none/name", "404", { body: `{"name":"Harbour"}`, headers: json }],
      ],
      "post /connections/:kind/:id/suspend": [
        [`/connections/location/${locationId}/suspend`, "204", {
          body: `{"reason":"not paid"}`,
          headers: json,
        }],
        ["/connections/location/none/suspend", "404", { body: "{}", headers: json }],
      ],
      "post /connections/:kind/:id/resume": [
        [`/connections/location/${locationId}/resume`, "204"],
        ["/connections/location/none/resume", "404"],
      ],
      "get /r/:token": [[linkPath, "200"], ["/r/AAAA", "404"]],
      "post /r/:token": [[linkPath, "303"], ["/r/AAAA", "404"]],
      "delete /connections/:kind/:id/link": [[`/connections/location/${gone}/link`, "204"]],
      "get /export": [["/export", "200"], ["/export?cursor=none", "422"]],
      "post /import": [
        ["/import", "200", { body: moving, headers: { "Content-Type": "application/x-ndjson" } }],
        ["/import?dryRun=true", "422", { body: "none", headers: { "Content-Type": "application/x-ndjson" } }],
      ],
      "post /reseal": [["/reseal?limit=1", "200"], ["/reseal", "200"]],
      "delete /connections/:kind/:id": [
        [`/connections/location/${locationId}`, "204"],
        [`/connections/location/${gone}?erase=true`, "200"],
      ],
    };
    for (const [name, samples] of Object.entries(calls)) {
      const route = routes.find(({ method, path }) => `${method} ${path}` === name);
      for (const [path, status, init] of samples) {
        const method = route?.method === "all" ? "GET" : String(route?.method).toUpperCase();
        const response = await world.call(path, { ...init, method });
        const text = await response.text();
        equal(String(response.status), status, `${name}: ${text}`);
        const type = response.headers.get("content-type") ?? "";
        const operation = Object(document.paths)[pathOf(route)]?.[method.toLowerCase()] ?? {};
        const responses = Object(operation.responses);
        const { content = {} } = responses[response.status] ?? responses.default;
        const documentedTypes = Object.keys(content);
        ok(
          text === "" ? true : documentedTypes.some((known) => known === "*/*" || type.startsWith(known)),
          `${name}: ${response.status} ${type} is not among ${documentedTypes}`,
        );
        equal(operation.requestBody !== undefined, init?.body !== undefined, `${name}: its body`);
        const answer = route && noteOf(route)?.answers[response.status];
        if (type === "application/problem+json") v.assert(answerSchemas.problem, JSON.parse(text));
        else if (answer?.schema) v.assert(v.looseObject({}), JSON.parse(text));
        if (answer?.schema) {
          equal(type, "application/json");
          const result = v.safeParse(answer.schema, JSON.parse(text));
          deepEqual(
            result.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`),
            undefined,
            name,
          );
        } else if (answer?.contentType && answer.contentType !== "*/*" && response.status === 200) {
          ok(type.startsWith(answer.contentType), `${name}: ${type}`);
        }
      }
    }
    const documented = routes.filter(noteOf);
    deepEqual(documented.map(({ method, path }) => `${method} ${path}`).filter((name) => !calls[name]), []);
  });
});
