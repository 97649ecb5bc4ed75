import type { ConnectionTarget } from "../../oauth/mod.ts";
import type { PageSettings } from "../settings.ts";
import { type CustomerWords, filled, type Reader } from "./words.ts";

/** Where the connection of a link that can be used stands: `new` where none was known before. */
export type LinkStanding = "new" | "lost" | "paused" | "suspended" | "connected";

/** What a customer is to be told. Names are absent where they are not known, or not for this reader. */
export type CustomerNews =
  /** A link that can be used: what it is for, and the button. */
  | {
    readonly kind: "ready";
    readonly business?: string;
    readonly isAgency: boolean;
    /** Where its connection stands. */
    readonly standing: LinkStanding;
    /** When the link ends, ms. */
    readonly expiresAt: number;
  }
  /** A link whose connection is back already. */
  | { readonly kind: "back"; readonly business?: string; readonly isAgency: boolean }
  | { readonly kind: "expired" | "revoked" | "altered" }
  /** An address that nothing has. */
  | { readonly kind: "missing" }
  | InstallResult
  /** A way back from HighLevel that does not belong to this browser, or is too old. `link`: where it began. */
  | { readonly kind: "stranger"; readonly retry: string }
  /** Too many codes were refused. */
  | { readonly kind: "wait"; readonly seconds: number }
  /** Trouble of the worker's own. */
  | { readonly kind: "unavailable"; readonly status: number };

/** How an installation ended. */
export type InstallResult =
  | {
    readonly kind: "connected";
    readonly business?: string;
    readonly isAgency: boolean;
    /** Whether its locations are being connected too. */
    readonly isBulk: boolean;
    /** Whether the connection is suspended here, and stays so. */
    readonly isSuspended?: boolean;
  }
  | {
    readonly kind: "refused";
    readonly business?: string;
    readonly isAgency: boolean;
    readonly retry: string;
  }
  | {
    readonly kind: "wrong";
    readonly business?: string;
    readonly chosen?: string;
    /** Whether an agency was chosen in the place of a location. */
    readonly isAgencyChosen?: boolean;
    readonly retry: string;
  }
  | {
    readonly kind: "trouble";
    readonly mayPass: boolean;
    /** HighLevel gave no tokens, or they could not be stored here. */
    readonly status: 502 | 503;
    readonly retry: string;
  };

/** A page for a customer, in his words. */
export interface CustomerPage {
  /** HTTP status. */
  readonly status: number;
  /** Which mark it has. */
  readonly mark: "ask" | "good" | "bad" | "wait";
  /** Its heading. */
  readonly title: string;
  /** What it says. */
  readonly lines: readonly string[];
  /** What to do, one after the other. */
  readonly steps?: readonly string[];
  /** The one button: sends the form of this page, or leads on. `href` of a `retry` is below the mount. */
  readonly button?: {
    readonly text: string;
    readonly to: "here" | "retry" | "outside";
    readonly href?: string;
  };
  /** A line below the button. */
  readonly small?: string;
}

/** News that name somebody. */
interface Named {
  readonly business?: string;
  readonly isAgency?: boolean;
}

/** Links that end sooner than this show no day, ms: it would be today's. */
const DAY_MS = 24 * 3_600_000;

/** The page that tells `news`. */
export function pageOf(
  news: CustomerNews,
  { words, locale }: Reader,
  { appName, afterConnectUrl }: PageSettings,
  now: number,
): CustomerPage {
  const app = appName ?? words.noApp;
  const business = businessOf(words, news);
  const say = (text: string, values: Readonly<Record<string, string>> = {}): string =>
    filled(words, text, { app, business, ...values });
  const retry = (text: string, href: string) => ({ button: { text, to: "retry", href } as const });
  const wayOn = afterConnectUrl === undefined
    ? {}
    : { button: { text: say(words.goOn), to: "outside", href: afterConnectUrl } as const };
  switch (news.kind) {
    case "ready": {
      const { standing, isAgency, expiresAt } = news;
      const [title, lead] = askedBy(words, standing);
      const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
      return {
        status: 200,
        mark: standing === "paused" || standing === "suspended" ? "wait" : "ask",
        title: say(title),
        lines: [say(lead)],
        steps: [
          words.signInStep,
          say(isAgency && news.business !== undefined ? words.chooseAgencyStep : words.chooseStep),
        ],
        button: { text: words.continue, to: "here" },
        ...expiresAt - now > DAY_MS && { small: say(words.until, { date: day.format(expiresAt) }) },
      };
    }
    case "back":
      return { status: 200, mark: "good", title: say(words.backTitle), lines: [words.backLead], ...wayOn };
    case "connected": {
      if (news.isSuspended) {
        const title = say(words.suspendedTitle);
        return { status: 200, mark: "wait", title, lines: [say(words.keptLead)], ...wayOn };
      }
      const lines = news.isBulk ? [words.bulkLead, words.connectedLead] : [words.connectedLead];
      return { status: 200, mark: "good", title: say(words.connectedTitle), lines, ...wayOn };
    }
    case "wrong": {
      const { chosen } = news;
      const values = { chosen: chosen ?? (news.isAgencyChosen ? words.agencyChoice : words.noChoice) };
      const text = news.business !== undefined
        ? words.wrongLead
        : chosen !== undefined
        ? words.wrongChosenLead
        : words.wrongOtherLead;
      return {
        status: 409,
        mark: "bad",
        title: words.wrongTitle,
        lines: [say(text, values)],
        ...retry(words.chooseAgain, news.retry),
      };
    }
    case "refused":
      return {
        status: 400,
        mark: "bad",
        title: words.refusedTitle,
        lines: [say(words.refusedLead)],
        ...retry(words.tryAgain, news.retry),
      };
    case "trouble": {
      const { mayPass, status } = news;
      return {
        status,
        mark: mayPass ? "wait" : "bad",
        title: mayPass ? words.mayPassTitle : words.troubleTitle,
        lines: [mayPass ? words.mayPassLead : words.troubleLead],
        ...retry(words.tryAgain, news.retry),
      };
    }
    case "expired":
      return { status: 410, mark: "wait", title: words.expiredTitle, lines: [words.expiredLead] };
    case "revoked":
      return { status: 410, mark: "bad", title: words.revokedTitle, lines: [words.revokedLead] };
    case "altered":
      return { status: 404, mark: "bad", title: words.alteredTitle, lines: [words.alteredLead] };
    case "missing":
      return { status: 404, mark: "bad", title: words.missingTitle, lines: [words.missingLead] };
    case "stranger":
      return {
        status: 400,
        mark: "wait",
        title: words.strangerTitle,
        lines: [words.strangerLead],
        ...retry(words.startAgain, news.retry),
      };
    case "wait":
      return {
        status: 429,
        mark: "wait",
        title: words.waitTitle,
        lines: [say(words.waitLead, { seconds: `${news.seconds}` })],
      };
    case "unavailable":
      return {
        status: news.status,
        mark: "wait",
        title: words.unavailableTitle,
        lines: [words.unavailableLead],
      };
  }
}

/** Whether a connection is an agency's. */
export function isAgency(target: ConnectionTarget): boolean {
  return target.companyId !== undefined;
}

/** Heading and first line of a link's page. */
function askedBy(words: CustomerWords, standing: LinkStanding): readonly [title: string, lead: string] {
  switch (standing) {
    case "new":
      return [words.connectTitle, words.connectLead];
    case "lost":
      return [words.returnTitle, words.returnLead];
    case "paused":
      return [words.pausedTitle, words.pausedLead];
    case "suspended":
      return [words.suspendedTitle, words.suspendedLead];
    case "connected":
      return [words.returnTitle, words.agreeLead];
  }
}

function businessOf(words: CustomerWords, news: CustomerNews): string {
  const { business, isAgency: isOfAgency }: Named = "business" in news || "isAgency" in news ? news : {};
  return business ?? (isOfAgency ? words.noAgency : words.noBusiness);
}
