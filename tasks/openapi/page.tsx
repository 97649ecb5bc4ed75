/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */

/** What is read of an operation. */
interface Operation {
  readonly summary: string;
  readonly "x-access": string;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** What is read of the OpenAPI document. */
interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The API described for people, as HTML: one row a path and what is done there. */
export function apiPage({ paths }: ApiDocument): string {
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    [...Map.groupBy(Object.entries(operations), ([, { summary }]) => summary).values()]
      .map((same) => ({
        path,
        methods: same.map(([method]) => method.toUpperCase()),
        operation: same[0]?.[1],
      }))
  );
  const page = (
    <div class="stack">
      <h1>API</h1>
      <p class="lead">
        Send a key as{" "}
        <code>Authorization: Bearer &lt;key&gt;</code>. Errors are problem details (RFC 9457) with a{" "}
        <code>code</code> and HighLevel's <code>traceId</code>.
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
  return `${page}\n`;
}
