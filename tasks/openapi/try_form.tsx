/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { exampleOf, pathExample } from "./example.ts";
import { type Entry, formsOf, json } from "./operation.ts";
import type { PageWords } from "./page_words.ts";

/** A form that sends the request from a signed-in browser; src/worker/assets/api.js shows it to whoever may. */
export function TryIt(
  { words, entry: { path, methods, operation } }: { words: PageWords; entry: Entry },
): JSX.Element {
  const { operationId, parameters = [], requestBody } = operation;
  const [method = "GET"] = methods;
  const schema = requestBody?.content["application/json"]?.schema;
  const [form] = schema ? formsOf(schema) : [];
  return (
    <form class="try stack" hidden data-method={method} data-path={path} data-access={operation["x-access"]}>
      <p class="part">{words.tryIt}</p>
      {parameters.filter((one) =>
        one.in !== "header"
      ).map(({ name, in: place, required, schema: { enum: choices } }) => {
        const id = `${operationId}-${name}`;
        return (
          <p>
            <label for={id}>{name}</label>
            {choices
              ? (
                <select id={id} name={name} data-place={place}>
                  {!required && <option value=""></option>}
                  {choices.map((one) => <option value={String(one)}>{String(one)}</option>)}
                </select>
              )
              : (
                <input
                  id={id}
                  name={name}
                  data-place={place}
                  required={required}
                  autocomplete="off"
                  spellcheck={false}
                />
              )}
          </p>
        );
      })}
      {form && (
        <p>
          <label for={`${operationId}-body`}>{words.body}</label>
          <textarea id={`${operationId}-body`} name="body" data-place="body" rows={5} spellcheck={false}>
            {json(exampleOf(form, "", { least: true }))}
          </textarea>
        </p>
      )}
      <p>
        <button
          type="submit"
          data-ask={method === "GET" ? undefined : words.ask}
          data-no-answer={words.noAnswer}
        >
          {words.send}
        </button>
      </p>
      <pre class="result" role="status"></pre>
    </form>
  );
}

/** The call in a shell, with `$KEY` and `$URL` as README has them. */
export function commandOf({ path, methods: [method = "GET"], operation }: Entry): string {
  const { requestBody, parameters = [] } = operation;
  const access = operation["x-access"];
  const query = parameters.filter((one) => one.in === "query" && one.required)
    .map(({ name, schema }) => `${name}=${exampleOf(schema, name)}`).join("&");
  const [type = ""] = Object.keys(requestBody?.content ?? {});
  const schema = requestBody?.content[type]?.schema;
  const [form] = schema ? formsOf(schema) : [];
  return [
    "curl",
    ...method === "GET" ? [] : [`-X ${method}`],
    ...["viewer", "service", "admin"].includes(access) ? ['-H "Authorization: Bearer $KEY"'] : [],
    ...type === "" ? [] : [`-H "Content-Type: ${type}"`],
    ...form
      ? [`-d '${JSON.stringify(exampleOf(form, "", { least: true }))}'`]
      : type
      ? ["--data-binary @file"]
      : [],
    `"$URL${pathExample(path)}${query && `?${query}`}"`,
  ].join(" ");
}
