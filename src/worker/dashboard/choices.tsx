/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ConnectionStatus } from "../../stores/mod.ts";
import { fill, fillCount } from "./fill.ts";
import type { PastedIds } from "./pasted_ids.ts";
import type { View } from "./view.ts";

/** Bad lines shown. */
const BAD_LINES = 20;

/** Where choices are sent, and what their buttons say. */
export interface ChoiceForm {
  /** The path. */
  readonly action: string;
  /** What the button says. */
  readonly submit: string;
  /** What an agency's choice means. */
  readonly agencyHint: string;
}

/** What is wrong with the form that was sent. */
export type ChoiceTrouble =
  | { readonly kind: "ids"; readonly text: string; readonly pasted: PastedIds }
  | { readonly kind: "company"; readonly text: string };

/** Three ways to choose connections: by status, of one agency, by their ids. */
export function Choices(
  { view, form, statuses, companies, trouble, children }: {
    view: View;
    form: ChoiceForm;
    statuses: readonly ConnectionStatus[];
    companies: readonly { readonly id: string; readonly name: string | undefined }[];
    trouble: ChoiceTrouble | undefined;
    /** What else is to be said of those of a status. */
    children?: Child;
  },
): JSX.Element {
  const { words } = view;
  return (
    <div class="choices">
      <Choice view={view} form={form} what="status" title={words.byStatus}>
        <label for="by-status">{words.byStatusLead}</label>
        <select id="by-status" name="status">
          {statuses.map((one) => <option value={one}>{words[one]}</option>)}
        </select>
        {children}
      </Choice>
      <ByAgency
        view={view}
        form={form}
        companies={companies}
        trouble={trouble?.kind === "company" ? trouble : undefined}
      />
      <ByIds view={view} form={form} trouble={trouble?.kind === "ids" ? trouble : undefined} />
    </div>
  );
}

function ByAgency(
  { view, form, companies, trouble }: {
    view: View;
    form: ChoiceForm;
    companies: readonly { readonly id: string; readonly name: string | undefined }[];
    trouble: { readonly text: string } | undefined;
  },
): JSX.Element {
  const { words } = view;
  return (
    <Choice view={view} form={form} what="company" title={words.byAgency}>
      <label for="company">{words.byAgencyLabel}</label>
      <input
        id="company"
        name="company"
        list="companies"
        required
        autocomplete="off"
        spellcheck={false}
        value={trouble?.text}
        autofocus={!!trouble}
        aria-invalid={trouble ? "true" : undefined}
        aria-describedby={trouble ? "company-trouble company-hint" : "company-hint"}
      />
      <datalist id="companies">
        {companies.map(({ id, name }) => <option value={id}>{name}</option>)}
      </datalist>
      {trouble && <p class="bad-text" id="company-trouble" role="alert">{words.badCompany}</p>}
      <p class="hint" id="company-hint">{form.agencyHint}</p>
    </Choice>
  );
}

/** The choice of connections by pasted ids; tells what is wrong with them. */
function ByIds(
  { view, form, trouble }: {
    view: View;
    form: ChoiceForm;
    trouble: { readonly text: string; readonly pasted: PastedIds } | undefined;
  },
): JSX.Element {
  const { words } = view;
  const { bad = [], targets = [] } = trouble?.pasted ?? {};
  return (
    <Choice
      view={view}
      form={form}
      what="ids"
      title={words.byIds}
      other={bad.length > 0 && targets.length > 0 && (
        <button type="submit" name="skip" value="bad">
          {fill(view, words.startGood, { count: targets.length })}
        </button>
      )}
    >
      <label for="ids">{words.byIdsLabel}</label>
      <textarea
        id="ids"
        name="ids"
        rows={6}
        required
        spellcheck={false}
        autofocus={!!trouble}
        aria-invalid={trouble ? "true" : undefined}
        aria-describedby={trouble ? "ids-trouble" : undefined}
      >
        {trouble?.text}
      </textarea>
      {trouble && (
        <div class="bad-text" id="ids-trouble" role="alert">
          <p>
            {bad.length === 0 ? words.noIds : fillCount(view, words.badLines, bad.length)}
          </p>
          <ul>
            {bad.slice(0, BAD_LINES).map(({ line, text }) => (
              <li>
                {fill(view, words.badLine, { line })}: <code>{text}</code>
              </li>
            ))}
            {bad.length > BAD_LINES && <li>{fill(view, words.more, { count: bad.length - BAD_LINES })}</li>}
          </ul>
        </div>
      )}
    </Choice>
  );
}

/** One choice of connections: a form that sends `what`, and the fields in it. */
function Choice(
  { view, form, what, title, other, children }: {
    view: View;
    form: ChoiceForm;
    what: string;
    title: string;
    other?: Child;
    children?: Child;
  },
): JSX.Element {
  return (
    <section class={`panel choice ${what}`} aria-labelledby={`${what}-title`}>
      <h2 id={`${what}-title`}>{title}</h2>
      <form method="post" action={form.action} class="stack" data-busy={view.words.starting}>
        <input type="hidden" name="what" value={what} />
        {children}
        <div class="row">
          <button type="submit" class="primary">{form.submit}</button>
          {other}
        </div>
      </form>
    </section>
  );
}
