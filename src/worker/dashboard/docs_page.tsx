/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { AppTypes } from "../http/route.ts";
import { sessionOf } from "../http/session.ts";
import { showPage, viewOf } from "./show_page.tsx";

/** What is read of the OpenAPI document. */
export interface ApiDocument {
  /** Operations by path and method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

/** What is read of an operation. */
export interface ApiOperation {
  /** What it does. */
  readonly summary: string;
  /** Who may call it. */
  readonly "x-access": string;
  /** Its answers by their status. */
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** The API described for people: one row a path and what is done there. */
export async function docsPage(context: Context<AppTypes>, { paths }: ApiDocument): Promise<Response> {
  const view = await viewOf(context, (await sessionOf(context))?.role);
  const { base } = view;
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    [...Map.groupBy(Object.entries(operations), ([, { summary }]) => summary).values()]
      .map((same) => ({
        path,
        methods: same.map(([method]) => method.toUpperCase()),
        operation: same[0]?.[1],
      }))
  );
  const body = (
    <div lang="en" class="stack">
      <h1>API</h1>
      <p class="lead">
        Send a key as{" "}
        <code>Authorization: Bearer &lt;key&gt;</code>. Errors are problem details (RFC 9457) with a{" "}
        <code>code</code> and HighLevel's <code>traceId</code>. For programs:{" "}
        <a href={`${base}/openapi.json`}>openapi.json</a>.
      </p>
      <section class="panel">
        <table class="cards docs">
          <thead>
            <tr>
              <th scope="col">Route</th>
              <th scope="col">Key</th>
              <th scope="col">What it does</th>
              <th scope="col">Answers</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ path, methods, operation }) => (
              <tr>
                <th scope="row">
                  <code class="method">{methods.join(" ")}</code> <code>{path}</code>
                </th>
                <td data-label="Key">{operation?.["x-access"]}</td>
                <td class="why">{operation?.summary}</td>
                <td class="why quiet-text">
                  {Object.entries(operation?.responses ?? {}).map(([status, { description }]) =>
                    status === "default" ? null : <div>{status} {description}</div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
  return await showPage(context, view, { title: "API", section: "api", body });
}
