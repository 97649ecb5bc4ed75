/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import type { LinkOf } from "../customer/many_links.ts";
import {
  type CampaignMember,
  type CountedCampaign,
  MEMBER_CHOICES,
  MEMBER_STATES,
  type MemberChoice,
  type MemberPage,
  type MemberState,
} from "../directory/campaign_api.ts";
import { targetOf } from "../kind_and_id.ts";
import { CampaignBadge } from "./campaigns_page.tsx";
import { connectionPath } from "./connection_path.ts";
import { fill } from "./fill.ts";
import { ExactMoment, Moment } from "./moment.tsx";
import { LinkCell } from "./plan_page.tsx";
import { mayAct, numberText, type PageParts, type View } from "./view.ts";

/** A message in one language. */
export interface ShownMessage {
  readonly code: "en" | "ko";
  /** What the language calls itself. */
  readonly language: string;
  readonly text: string;
}

/** One campaign: who is missing, what people are written, and the file for the mail merge. */
export function campaignPage(
  view: View,
  { campaign, page, which, linkOf, messages, isMailed, did }: {
    campaign: CountedCampaign;
    page: MemberPage;
    which: MemberChoice;
    linkOf: LinkOf;
    messages: readonly ShownMessage[];
    /** Whether events with links go to somebody. */
    isMailed: boolean;
    /** What was just done. */
    did: "kept" | "sent" | undefined;
  },
): PageParts {
  const { words, base } = view;
  const { id, createdAt, endsAt, startedBy, asked, total, status } = campaign;
  const file = (choice: MemberChoice): string =>
    `${base}/campaigns/${id}.csv?which=${choice}&lang=${words.code}`;
  return {
    title: words.campaign,
    section: "campaigns",
    body: (
      <>
        {did && <p class="note good" role="status">{did === "kept" ? words.messageKept : words.linksSent}</p>}
        <div class="title">
          <div>
            <h1>{words.campaign}</h1>
            <p class="subtitle">
              <Moment view={view} at={createdAt} text={words.startedAgo} /> · <bdi>{startedBy}</bdi>
            </p>
          </div>
          <CampaignBadge view={view} campaign={campaign} />
        </div>
        <section class="panel stack" aria-labelledby="export">
          <h2 id="export">{words.campaignExport}</h2>
          <p>{fill(view, words.campaignAsked, { asked, total })}</p>
          <p class="row">
            <a class="button primary" href={file("asked")} download={`campaign-${id}.csv`}>
              {fill(view, words.csvAsked, { count: asked })}
            </a>
            {status !== "done" && (
              <a class="button" href={file("missing")} download={`campaign-${id}-missing.csv`}>
                {words.csvMissing}
              </a>
            )}
          </p>
          {isMailed && mayAct(view) && status === "running" && (
            <form method="post" action={`${base}/ui/campaigns/${id}/send`} data-busy={words.working}>
              <button type="submit">{words.sendLinks}</button>
            </form>
          )}
          <p class="hint">
            {words.linksEnd} <ExactMoment view={view} at={endsAt} />
          </p>
        </section>
        <States view={view} states={campaign.states} />
        <Messages view={view} id={id} messages={messages} />
        <Members view={view} id={id} page={page} which={which} linkOf={linkOf} />
        {mayAct(view) && (
          <details>
            <summary class="danger-text">{words.dropCampaign}</summary>
            <form method="post" action={`${base}/ui/campaigns/${id}/drop`} class="stack">
              <p>{words.dropCampaignLead}</p>
              <p>
                <button type="submit" class="danger">{words.dropCampaign}</button>
              </p>
            </form>
          </details>
        )}
      </>
    ),
  };
}

function States(
  { view, states }: { view: View; states: Readonly<Record<MemberState, number>> },
): JSX.Element {
  const { words } = view;
  return (
    <dl class="tiles states">
      {MEMBER_STATES.filter((state) => state !== "gone" || states.gone > 0).map((state) => (
        <div class={`tile ${states[state] === 0 ? "zero" : ""}`}>
          <dt class="tile-name">{words.memberStates[state]}</dt>
          <dd class="tile-count">{numberText(view, states[state])}</dd>
        </div>
      ))}
    </dl>
  );
}

function Messages(
  { view, id, messages }: { view: View; id: string; messages: readonly ShownMessage[] },
): JSX.Element {
  const { words, base } = view;
  return (
    <section class="panel" aria-labelledby="message">
      <h2 id="message">{words.message}</h2>
      <p class="quiet-text">{words.messageLead}</p>
      <form
        method="post"
        action={`${base}/ui/campaigns/${id}/message`}
        class="stack"
        data-busy={words.working}
      >
        <div class="messages">
          {messages.map(({ code, language, text }) => (
            <div class="stack">
              <label for={`message-${code}`} lang={code}>{language}</label>
              <textarea
                id={`message-${code}`}
                name={code}
                rows={11}
                lang={code}
                maxlength={4_000}
                readonly={!mayAct(view)}
              >
                {text}
              </textarea>
              <button
                type="button"
                class="copy"
                hidden
                data-copy={text}
                data-copied={words.copied}
                aria-label={fill(view, words.copyWhat, { what: language })}
              >
                {words.copy}
              </button>
            </div>
          ))}
        </div>
        {mayAct(view) && (
          <p>
            <button type="submit">{words.keepMessage}</button>
          </p>
        )}
      </form>
    </section>
  );
}

function Members(
  { view, id, page, which, linkOf }: {
    view: View;
    id: string;
    page: MemberPage;
    which: MemberChoice;
    linkOf: LinkOf;
  },
): JSX.Element {
  const { words, base } = view;
  const path = `${base}/ui/campaigns/${id}`;
  return (
    <section class="panel" aria-labelledby="people">
      <div class="panel-head">
        <h2 id="people">{words.campaignPeople}</h2>
        <nav class="row" aria-label={words.campaignPeople}>
          {MEMBER_CHOICES.toReversed().map((choice) => (
            <a href={`${path}?which=${choice}`} aria-current={choice === which ? "true" : undefined}>
              {words.memberChoices[choice]}
            </a>
          ))}
        </nav>
      </div>
      {page.members.length === 0
        ? <p class="quiet-text">{words.nobodyMissing}</p>
        : (
          <table class="cards people">
            <thead>
              <tr>
                <th scope="col">{words.connection}</th>
                <th scope="col">{words.status}</th>
                <th scope="col">{words.agency}</th>
                <th scope="col">{words.link}</th>
              </tr>
            </thead>
            <tbody>
              {page.members.map((member) => <Member view={view} member={member} link={linkOf(member)} />)}
            </tbody>
          </table>
        )}
      {page.cursor !== undefined && (
        <p>
          <a href={`${path}?which=${which}&cursor=${page.cursor}`} rel="next">{words.nextPage}</a>
        </p>
      )}
    </section>
  );
}

function Member(
  { view, member, link }: { view: View; member: CampaignMember; link: string | undefined },
): JSX.Element {
  const { words, base } = view;
  const { kind, id, name, state, status, agency, companyId, openedAt, endedAt } = member;
  const at = endedAt ?? (state === "opened" ? openedAt : undefined);
  return (
    <tr>
      <th scope="row">
        <a class="name" href={connectionPath(base, targetOf({ kind, id }))}>{name ?? words[kind]}</a>
        <code class="id">
          {kind === "company" ? `${words.company} ` : ""}
          {id}
        </code>
      </th>
      <td>
        {words.memberStates[state]}
        {status === undefined && endedAt === undefined && (
          <>
            {" · "}
            <span class="quiet-text">{words.notKnown}</span>
          </>
        )} {at !== undefined && (
          <span class="quiet-text">
            (<Moment view={view} at={at} />)
          </span>
        )}
      </td>
      <td data-label={(agency ?? companyId) && words.agency}>
        {(agency ?? companyId) && <bdi>{agency ?? companyId}</bdi>}
      </td>
      <LinkCell view={view} link={link} />
    </tr>
  );
}
