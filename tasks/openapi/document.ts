import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { OWN_EVENT_TYPES, type OwnEventType } from "../../src/worker/events/own_event.ts";
import { VERSION } from "../../src/worker/version.ts";
import type { Access, Route } from "../../src/worker/http/route.ts";
import { isTried } from "../../src/worker/http/tried.ts";
import { answerSchemas } from "./answer_schemas.ts";
import { eventSchema } from "./event_schemas.ts";
import { OWN_EVENTS } from "./own_event_meanings.ts";
import type { RouteNote } from "./route_note.ts";
import { noteOf } from "./route_notes.ts";

const PROBLEM = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
const ACCESS: Readonly<Record<Access, string>> = {
  viewer: "Needs a viewer, service or admin key.",
  service: "Needs a service or admin key.",
  admin: "Needs an admin key.",
  signature: "Needs HighLevel's signature.",
  session: "Needs a signed-in browser.",
  none: "Needs no key.",
};

/** The OpenAPI 3.1 document of `routes`, made from the schemas that check them. */
export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const note = noteOf(route);
    if (!note) continue;
    const path = documentedPath(route.path);
    const methods = route.method === "all" ? ["get", "put", "post", "delete", "patch"] : [route.method];
    const operations = paths[path] ??= {};
    for (const method of methods) operations[method] = operationOf(route, note, path, method);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "highlevel-reconnect",
      version: VERSION,
      description: "Valid access tokens for HighLevel connections, and ways to bring lost ones back.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    webhooks: Object.fromEntries(OWN_EVENT_TYPES.map((type) => [type, webhookOf(type)])),
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer" } },
      schemas: { Problem: jsonSchema(answerSchemas.problem) },
    },
  };
}

/** What is sent to every address of `EVENT_URLS`. */
function webhookOf(type: OwnEventType): Record<string, unknown> {
  return {
    post: {
      operationId: `event${
        type.replace(/(^|[._])(\w)/g, (_, _mark, letter: string) => letter.toUpperCase())
      }`,
      summary: OWN_EVENTS[type],
      description: "Signed as the Standard Webhooks specification says, by EVENT_SECRETS.",
      parameters: ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => ({
        name,
        in: "header",
        required: true,
        schema: { type: "string" },
      })),
      requestBody: {
        required: true,
        content: { "application/json": { schema: jsonSchema(eventSchema(type)) } },
      },
      responses: {
        "2XX": { description: "Taken" },
        410: { description: "Wants no more: what waits is a dead letter" },
        default: { description: "Sent again, for 3 days; Retry-After is heard" },
      },
    },
  };
}

/** The path of a route as the document writes it; an ending that its parameter's pattern asks for stands behind it. */
export function documentedPath(path: string): string {
  return path.replace(
    /:(\w+)(?:\{([^}]*)\})?/g,
    (_, name: string, pattern = "") => `{${name}}${/\\(\.\w+)$/.exec(pattern)?.[1] ?? ""}`,
  );
}

/** Whether the API's page has a form for a route: what a signed-in browser may call, and reads as a page does. */
function mayBeTried(route: Route): boolean {
  const { access, method, path } = route;
  if (isTried(route)) return true;
  const isPage = /\.csv|\/events$|^\/(docs|openapi|metrics|oauth|r\/)/.test(path);
  return method === "get" && (access === "viewer" || access === "none") && !isPage;
}

function operationOf(route: Route, note: RouteNote, path: string, method: string): Record<string, unknown> {
  const { access, params, query } = route;
  const {
    summary,
    answers,
    body = route.body,
    headers = [],
    optionalHeaders = [],
    bodyType,
    pages = {},
    problems = {},
  } = note;
  const parameters = [...parametersOf(params, "path"), ...parametersOf(query, "query")];
  for (const [, name = ""] of path.matchAll(/\{(\w+)\}/g)) {
    const isKnown = parameters.some((parameter) => parameter.in === "path" && parameter.name === name);
    if (!isKnown) parameters.push({ name, in: "path", required: true, schema: { type: "string" } });
  }
  for (const name of headers) {
    parameters.push({ name, in: "header", required: true, schema: { type: "string" } });
  }
  for (const name of optionalHeaders) {
    parameters.push({ name, in: "header", required: false, schema: { type: "string" } });
  }
  const bodySchema = jsonSchema(body);
  const hasBody = Object.keys(bodySchema).length > 0;
  return {
    operationId: `${method}${
      path.replace(/[^a-z]+(\w)/gi, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, "")
    }`,
    summary,
    description: ACCESS[access],
    "x-access": access,
    ...(mayBeTried(route) && { "x-try": true }),
    security: access === "viewer" || access === "service" || access === "admin" ? [{ key: [] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody &&
      {
        requestBody: {
          required: !route.isBodyOptional,
          content: { "application/json": { schema: bodySchema } },
        },
      }),
    ...(bodyType !== undefined && { requestBody: { required: true, content: { [bodyType]: {} } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema, contentType }]) => [status, {
          description,
          ...((schema || contentType) && {
            content: {
              [contentType ?? "application/json"]: schema ? { schema: jsonSchema(schema) } : {},
            },
          }),
        }]),
      ),
      ...Object.fromEntries(
        Object.entries(pages).map(([status, description]) => [status, {
          description,
          content: { "text/html": {}, ...(status === "503" && PROBLEM) }, // a worker that is not set up shows no page
        }]),
      ),
      ...Object.fromEntries(
        Object.entries(problems).map(([status, description]) => [status, { description, content: PROBLEM }]),
      ),
      default: { description: "A problem (RFC 9457)", content: PROBLEM },
    },
  };
}

function parametersOf(schema: GenericSchema, place: "path" | "query"): Record<string, unknown>[] {
  const { properties = {}, required = [] } = jsonSchema(schema);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || needed.includes(name),
    schema: property,
  }));
}

function jsonSchema(schema: GenericSchema): Record<string, unknown> {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  return rest;
}
