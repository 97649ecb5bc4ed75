/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { AppTypes, Route } from "../http/route.ts";
import { sessionOf } from "../http/session.ts";
import { showPage, viewOf } from "./show_page.tsx";

/** The API described for people: one row a route. */
export async function docsPage(context: Context<AppTypes>, routes: readonly Route[]): Promise<Response> {
  const view = await viewOf(context, (await sessionOf(context))?.role);
  const { base } = view;
  const documented = routes.filter(({ summary }) => summary !== undefined);
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
            {documented.map(({ method, path, access, summary, answers }) => (
              <tr>
                <th scope="row">
                  <code class="method">{method === "all" ? "ANY" : method.toUpperCase()}</code>{" "}
                  <code>{path.replace(/\{[^}]*\}/g, "")}</code>
                </th>
                <td data-label="Key">{access}</td>
                <td class="why">{summary}</td>
                <td class="why quiet-text">
                  {Object.entries(answers).map(([status, { description }]) => (
                    <div>{status} {description}</div>
                  ))}
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
