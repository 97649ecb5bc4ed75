import { Connections, type TokenStore } from "../../../mod.ts";
import { tokenSetFrom } from "../../../src/oauth/token_set.ts";
import { createSandbox } from "../../../src/sandbox/mod.ts";
import { grouped } from "../quantity.ts";
import { figure } from "../row.ts";
import { atMost, type Row } from "../section.ts";

const TARGET = { locationId: "askedLocation00000000" };
const DAY = 86_400_000;

/** What was sent to a store's server so far. */
export interface Sent {
  /** Statements, or commands. */
  asked: number;
  /** Rows, or replies' parts, that came back. */
  given: number;
}

/** What a call on a living token and one on an expired token send to a store; `sent` is counted by its driver. */
export async function askedBy(
  what: string,
  { store, sent, each }: { readonly store: TokenStore; readonly sent: Sent; readonly each: string },
): Promise<Row[]> {
  const sandbox = createSandbox();
  const app = { ...sandbox.app, fetch: sandbox.fetch };
  const cost = async (work: () => Promise<unknown>): Promise<Sent> => {
    const before = { ...sent };
    await work();
    return { asked: sent.asked - before.asked, given: sent.given - before.given };
  };
  // Put there an hour ago: tokens of this very moment would be given time to become known.
  const anHourAgo = new Connections({ app, store, now: () => Date.now() - DAY / 24 });
  await anHourAgo.save(TARGET, tokenSetFrom(sandbox.install(TARGET), Date.now() - DAY / 24, "Location"));
  const living = await cost(() => new Connections({ app, store }).accessToken(TARGET));
  const isOver = { app, store, now: () => Date.now() + DAY };
  const refreshed = await cost(() => new Connections(isOver).accessToken(TARGET));
  return [
    figure(`${each} of a living token, ${what}`, living.asked, grouped, atMost(living.asked, 1, grouped)),
    figure(`${each} of a refresh, ${what}`, refreshed.asked, (asked) => `${asked}, ${refreshed.given} rows`),
  ];
}
