import { createClient } from "../../../src/client/mod.ts";
import type { WorkerClient } from "../../../src/client/mod.ts";
import { duration, grouped, times } from "../quantity.ts";
import { compared, timed } from "../rounds.ts";
import { figure, row } from "../row.ts";
import { atMost, type Row } from "../section.ts";

const CONNECTIONS = 1_000;
const CALLS = 50_000;
const MARGIN_MS = 300_000;

/** A client of a worker that hands out a token for a day, and how often it was asked. */
function bench(): { readonly client: WorkerClient; readonly asked: () => number } {
  let asked = 0;
  const fetch = (): Promise<Response> => {
    const token = `token${asked++}${"x".repeat(1_200)}`;
    const body = {
      access_token: token,
      token_type: "Bearer",
      expires_in: 86_400,
      scope: "contacts.readonly",
    };
    return Promise.resolve(Response.json(body));
  };
  return { client: createClient({ url: "https://worker.example", key: "key", fetch }), asked: () => asked };
}

/** `accessToken` on tokens that are held, next to the least that can be done: look up, check, answer. */
export async function heldToken(): Promise<Row> {
  const { client } = bench();
  const targets = Array.from({ length: CONNECTIONS }, (_, at) => ({ locationId: `bench${at}` }));
  const held = new Map<string, { readonly accessToken: string; readonly expiresAt: number }>();
  for (const target of targets) {
    const { accessToken, expiresAt } = await client.token(target);
    held.set(target.locationId, { accessToken, expiresAt: expiresAt.getTime() });
  }
  // deno-lint-ignore require-await -- a caller of a store awaits it
  const lookUp = async (id: string): Promise<string> => {
    const found = held.get(id);
    if (!found || found.expiresAt - Date.now() < MARGIN_MS) throw new Error("no living token");
    return found.accessToken;
  };
  const found = await compared(
    41,
    async () =>
      await timed(async () => {
        for (let call = 0; call < CALLS; call++) {
          await client.accessToken(targets[call % CONNECTIONS] ?? { locationId: "" });
        }
      }) / CALLS,
    async () =>
      await timed(async () => {
        for (let call = 0; call < CALLS; call++) await lookUp(targets[call % CONNECTIONS]?.locationId ?? "");
      }) / CALLS,
  );
  return row("accessToken, held", {
    value: found.ours,
    reference: found.reference,
    against: "awaited Map look-up and expiry check",
    ratio: found.ratio,
    show: duration,
    verdict: atMost(found.ratio, 3, times),
  });
}

/** Requests to the worker of 1,000 calls for one connection, half of them at once. */
export async function requestsToWorker(): Promise<Row> {
  const { client, asked } = bench();
  const target = { locationId: "bench" };
  await Promise.all(Array.from({ length: 500 }, () => client.accessToken(target)));
  for (let call = 0; call < 500; call++) await client.accessToken(target);
  return figure("requests to the worker per 1,000 calls", asked(), grouped, atMost(asked(), 1, grouped));
}
