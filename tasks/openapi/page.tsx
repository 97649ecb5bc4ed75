/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { exampleOf, typeOf } from "./example.ts";
import { type Content, type Entry, formsOf, json, type Operation, type Parameter } from "./operation.ts";
import { ERRORS, type Group, GROUPS, type PageWords } from "./page_words.ts";
import { commandOf, TryIt } from "./try_form.tsx";

/** What is read of the OpenAPI document. */
interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The API described for people, as HTML in one language: every route with what it takes and answers, and forms to try it. */
export function apiPage({ paths }: ApiDocument, words: PageWords): string {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    [...Map.groupBy(Object.entries(operations), ([, { summary }]) => summary).values()].flatMap((same) =>
      same[0] ? [{ path, methods: same.map(([method]) => method.toUpperCase()), operation: same[0][1] }] : []
    )
  );
  const groups = Map.groupBy(entries, ({ path }) => groupOf(path));
  const page = (
    <>
      <h1>{words.title}</h1>
      <p class="lead">
        {words.lead[0]} <code>Authorization: Bearer &lt;key&gt;</code>. {words.lead[1]}
      </p>
      <nav class="row" aria-label={words.contents}>
        {[...groups.keys()].map((group) => <a href={`#${group}`}>{words.groups[group]}</a>)}
        <a href="#statuses">{words.status}</a>
        <a href="#errors">{words.errors}</a>
      </nav>
      {[...groups].map(([group, entries]) => (
        <section class="panel operations" aria-labelledby={group}>
          <h2 id={group}>{words.groups[group]}</h2>
          {entries.map((entry) => <OneOperation words={words} entry={entry} />)}
        </section>
      ))}
      <section class="panel stack" aria-labelledby="statuses">
        <h2 id="statuses">{words.status}</h2>
        <dl class="fields">
          {words.statuses.map(([status, word]) => (
            <div>
              <dt>
                <code>{status}</code>
              </dt>
              <dd>{word}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Errors words={words} />
    </>
  );
  return `${page}\n`;
}

function groupOf(path: string): Group {
  if (GROUPS.people.test(path)) return "people";
  for (const name of ["connections", "bulk", "events", "proxy", "authorization", "moving"] as const) {
    if (GROUPS[name].test(path)) return name;
  }
  return "operations";
}

function OneOperation({ words, entry }: { words: PageWords; entry: Entry }): JSX.Element {
  const { path, methods, operation } = entry;
  const { operationId, summary, parameters = [], requestBody } = operation;
  const access = operation["x-access"];
  const isKept = !operation["x-try"] && (access === "service" || access === "admin");
  return (
    <details class="operation" id={operationId}>
      <summary>
        <span class="route">
          <code class="method">{methods.join(" ")}</code> <code>{path}</code>
        </span>
        <span class="what">{words.said(summary)}</span>
        <span class="quiet-text">{words.access[access]}</span>
      </summary>
      {parameters.length > 0 && <Parameters words={words} parameters={parameters} />}
      {requestBody && <Body words={words} content={requestBody.content} />}
      <Answers words={words} responses={operation.responses} />
      <p class="part">{words.example}</p>
      <pre>{commandOf(entry)}</pre>
      {operation["x-try"] && <TryIt words={words} entry={entry} />}
      {isKept && <p class="hint">{words.keyOnly}</p>}
    </details>
  );
}

function Parameters(
  { words, parameters }: { words: PageWords; parameters: readonly Parameter[] },
): JSX.Element {
  return (
    <>
      <p class="part">{words.parameters}</p>
      <dl class="fields">
        {parameters.map(({ name, in: place, required, schema }) => (
          <div>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {words.places[place]}, {required ? words.needed : words.optional} ·{" "}
              <code>{typeOf(schema)}</code>
              {schema.description && ` · ${words.said(schema.description)}`}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What a body may be: an example of each of its forms, with what is required only where more could stand. */
function Body({ words, content }: { words: PageWords; content: Content }): JSX.Element {
  const [[type = "", { schema = undefined } = {}] = []] = Object.entries(content);
  return (
    <>
      <p class="part">
        {words.body} · <code>{type}</code>
      </p>
      {schema && formsOf(schema).map((form) => (
        <>
          <pre>{json(exampleOf(form, "", { least: (form.required ?? []).length > 0 }))}</pre>
          {form.properties && (
            <dl class="fields">
              {Object.entries(form.properties).map(([name, field]) => (
                <div>
                  <dt>
                    <code>{name}</code>
                  </dt>
                  <dd>
                    {form.required?.includes(name) ? words.needed : words.optional} ·{" "}
                    <code>{typeOf(field)}</code>
                    {field.description && ` · ${words.said(field.description)}`}
                  </dd>
                </div>
              ))}
            </dl>
          )}
        </>
      ))}
    </>
  );
}

function Answers(
  { words, responses }: { words: PageWords; responses: Operation["responses"] },
): JSX.Element {
  return (
    <>
      <p class="part">{words.answers}</p>
      {Object.entries(responses).map(([status, { description, content = {} }]) => {
        const schema = content["application/json"]?.schema;
        return status !== "default" && (
          <>
            <p>
              <code>{status}</code> {words.said(description)}
            </p>
            {schema && <pre>{json(exampleOf(schema))}</pre>}
          </>
        );
      })}
      <p>
        <a href="#errors">{words.errors}</a>
      </p>
    </>
  );
}

function Errors({ words }: { words: PageWords }): JSX.Element {
  return (
    <section class="panel stack" aria-labelledby="errors">
      <h2 id="errors">{words.errors}</h2>
      <p>{words.errorsLead}</p>
      <pre>{json(exampleOf({ $ref: "#/components/schemas/Problem" }))}</pre>
      <dl class="fields">
        {ERRORS.map(([status, codes, when]) => (
          <div>
            <dt>
              <code>{status}</code>
            </dt>
            <dd>
              {words.said(when)} · <code>{codes}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
