import type { Words } from "../dashboard/words.ts";
import type { CampaignMessage } from "../directory/campaign_api.ts";
import { isolated } from "./isolated.ts";

/** The languages of a campaign's message. */
export const MESSAGE_LANGUAGES = ["en", "ko"] as const;

/** What stands in the place of a message's placeholders. */
export interface MessageValues {
  /** What the business is called; words stand in for it where nobody knows. */
  readonly name?: string | undefined;
  /** What the app is called (`APP_NAME`); words stand in for it where nobody says. */
  readonly app?: string | undefined;
  readonly link: string;
  /** When the links end, ms. */
  readonly until: number;
}

/** The message of a campaign in the language of `words`: as it was edited, else the usual one. */
export function messageIn({ code, campaignMessage }: Words, edited: Partial<CampaignMessage> = {}): string {
  return (code === "ko" ? edited.ko : edited.en) ?? campaignMessage;
}

/** `message` as one person is written it. */
export function filledMessage(
  message: string,
  words: Words,
  { name, app, link, until }: MessageValues,
): string {
  const day = new Intl.DateTimeFormat(words.code, { dateStyle: "long", timeZone: "UTC" });
  const values: Readonly<Record<string, string>> = {
    name: isolated(name ?? words.unnamed),
    app: isolated(app ?? words.ourApp),
    link,
    until: day.format(until),
  };
  return message.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
}
