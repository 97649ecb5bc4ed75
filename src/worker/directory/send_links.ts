import { defined } from "../../oauth/host.ts";
import { manyLinks } from "../customer/many_links.ts";
import { ownEvent } from "../events/own_event.ts";
import { putEvents } from "../events/send_events.ts";
import { filledMessage, MESSAGE_LANGUAGES, messageIn } from "../http/campaign_message.ts";
import { targetOf } from "../kind_and_id.ts";
import type { ReconnectApp } from "../reconnect_app.ts";
import type { Campaigns } from "./campaigns.ts";

/** People in one turn. */
const TURN = 50;

/**
 * Puts an event with the link and the finished messages on the queue for the next people of a campaign; tells whether more are to be
 * sent theirs. It goes to the operator's own endpoints only. What was sent and could not be noted as such comes twice, with the same id.
 *
 * @throws {HighLevelError} where the queue takes nothing.
 */
export async function sendLinks(app: ReconnectApp, campaigns: Campaigns, now: number): Promise<boolean> {
  const turn = campaigns.nextToSend(TURN, now);
  if (!turn) return false;
  const { campaign: { id, endsAt, message }, members, cursor, round } = turn;
  const [linkOf, ...languages] = await Promise.all(
    [
      manyLinks(app, members, endsAt, now),
      ...MESSAGE_LANGUAGES.map(app.words),
    ] as const,
  );
  const events = members.flatMap((member) => {
    const { kind, id: memberId, name, agency } = member;
    const link = linkOf(member);
    if (link === undefined) return [];
    const messages = Object.fromEntries(languages.map((words) => [
      words.code,
      filledMessage(messageIn(words, message), words, {
        name,
        app: app.settings.pages.appName,
        link,
        until: endsAt,
      }),
    ]));
    const data = defined({
      target: targetOf({ kind, id: memberId }),
      name,
      agency,
      campaign: id,
      link,
      expiresAt: new Date(endsAt).toISOString(),
      messages,
    });
    return [ownEvent("connection.link", now, data, `${id}-${round}-${kind}-${memberId}`)];
  });
  await putEvents(app, events);
  campaigns.noteSent(id, cursor);
  return true;
}
