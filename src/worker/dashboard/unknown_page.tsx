/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { KindAndId } from "../kind_and_id.ts";
import { targetOf } from "../kind_and_id.ts";
import { type AgencyFacts, AgencySection } from "./agency_section.tsx";
import { RecoverButton } from "./connection_page.tsx";
import { fill } from "./fill.ts";
import { noticePage } from "./notice_page.tsx";
import { mayAct, type PageParts, type View } from "./view.ts";

/** A connection that nobody knows; of an agency, the locations that are. */
export function unknownPage(view: View, key: KindAndId, agency: AgencyFacts | undefined): PageParts {
  const { words } = view;
  return noticePage(view, {
    title: fill(view, words.unknownConnection, { who: `${words[key.kind]} ${key.id}` }),
    lead: words.unknownConnectionLead,
    action: (
      <>
        {mayAct(view) && <RecoverButton view={view} target={targetOf(key)} />}
        {agency && agency.counts.total > 0 && (
          <AgencySection view={view} companyId={key.id} agency={agency} />
        )}
      </>
    ),
  });
}
