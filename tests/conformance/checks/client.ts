import { createClient, WorkerError } from "../../../src/client/mod.ts";
import type { ClientOptions, JobEvent, WorkerClient } from "../../../src/client/mod.ts";
import { type Check, equal, holds, rejection } from "../check.ts";
import { LOCATION, type World, world } from "../world.ts";

const KEY = "key-of-the-service";
const AT = "2026-11-24T00:00:00.000Z";

/** A client of a worker that is nothing but `answer`; requests are counted by their path. */
function clientOf(
  { sandbox, now, pass }: World,
  answer: (path: string, init: RequestInit) => Response | Promise<Response>,
  options: Partial<ClientOptions> = {},
): { readonly client: WorkerClient; readonly asked: string[] } {
  const asked: string[] = [];
  const client = createClient({
    url: "https://worker.example/highlevel/",
    key: KEY,
    now,
    sleep: (ms) => {
      pass(ms);
      return Promise.resolve();
    },
    fetch: async (url, init) => {
      asked.push(url.replace("https://worker.example/highlevel", ""));
      return await answer(asked.at(-1) ?? "", init);
    },
    highlevel: { fetch: sandbox.fetch },
    ...options,
  });
  return { client, asked };
}

/** A worker over the connections of `from`, as far as its tokens go. */
function tokensOf({ connections, now }: World): (path: string) => Promise<Response> {
  return async (path) => {
    const held = await connections.get(LOCATION);
    const rejected = path.includes("rejected") ? (await connections.tokens(LOCATION)).accessToken : undefined;
    const { accessToken, expiresAt, scope } = await connections.tokens(
      LOCATION,
      rejected === undefined ? {} : { rejected },
    );
    const seconds = Math.floor((expiresAt.getTime() - now()) / 1000);
    const body = {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: seconds,
      scope: scope.join(" "),
    };
    return held ? Response.json(body) : problem(404, "not_installed");
  };
}

function problem(status: number, code: string): Response {
  const headers = { "Content-Type": "application/problem+json" };
  return new Response(JSON.stringify({ title: "Title", status, detail: `Told ${code}.`, code }), {
    status,
    headers,
  });
}

/** The client of a deployed worker. */
export const clientChecks: readonly Check[] = [
  {
    name: "1,000 callers share one request to the worker, and those after them need none",
    async run() {
      const from = world();
      await from.connect(LOCATION);
      const { client, asked } = clientOf(from, tokensOf(from));
      const tokens = await Promise.all(Array.from({ length: 1_000 }, () => client.accessToken(LOCATION)));
      await client.accessToken(LOCATION);
      equal(new Set(tokens).size, 1, "tokens");
      equal(asked, [`/connections/location/${LOCATION.locationId}/token`], "requests");
    },
  },
  {
    name:
      "a 401 of HighLevel's is told to the worker by the token's hash, and the call repeated with its body",
    async run() {
      const from = world();
      const { accessToken } = await from.connect(LOCATION);
      const { client, asked } = clientOf(from, tokensOf(from));
      await client.accessToken(LOCATION);
      from.sandbox.loseTokens();
      const body = JSON.stringify({ locationId: LOCATION.locationId, firstName: "Ann" });
      const headers = { "Content-Type": "application/json" };
      const response = await client.fetch(LOCATION, "/contacts/", { method: "POST", headers, body });
      equal(response.status, 201, "status");
      await response.body?.cancel();
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(accessToken));
      const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      equal(asked.length, 2, "requests");
      holds(asked[1]?.endsWith(`/token?rejected=${hash}`) === true, `${asked[1]} has the hash`);
    },
  },
  {
    name: "a problem document, a page and silence are told as errors with a code, and none has the key",
    async run() {
      const from = world();
      const told = [];
      for (
        const answer of [
          () => problem(401, "wrong_key"),
          () => new Response(`<html>${KEY} error code: 1101`, { status: 500 }),
          () => Promise.reject(new TypeError(KEY)),
        ]
      ) {
        const error = await rejection(clientOf(from, answer).client.accessToken(LOCATION));
        holds(error instanceof WorkerError, "it is a WorkerError");
        holds(!`${error.stack} ${JSON.stringify(error)}`.includes(KEY), "the key is not shown");
        told.push(error.code);
      }
      equal(told, ["unauthorized", "unavailable", "network"], "codes");
    },
  },
  {
    name: "an answer that does not come ends the wait",
    async run() {
      const { client } = clientOf(world(), () => new Promise<Response>(() => {}), { timeoutMs: 10 });
      equal((await rejection(client.accessToken(LOCATION))).code, "timeout", "code");
    },
  },
  {
    name: "a job's stream is read as it comes, in pieces, and taken up where it broke",
    async run() {
      const counts = {
        total: 1,
        remaining: 0,
        recovered: 0,
        paused: 0,
        reauthorization_required: 0,
        failed: 1,
      };
      const job = { id: "j", status: "done", startedBy: "crm", createdAt: AT, progressAt: AT, ...counts };
      const item = {
        seq: 1,
        target: LOCATION,
        outcome: "failed",
        code: "unavailable",
        message: "Ünavailable.",
      };
      const texts = [
        `event: unrecovered\nid: 1\ndata: ${JSON.stringify(item)}\n\nevent: do`,
        `event: done\nid: 1\ndata: ${JSON.stringify(job)}\n\n`,
      ];
      const after: (string | null)[] = [];
      const { client } = clientOf(world(), (_, { headers }) => {
        after.push(new Headers(headers).get("last-event-id"));
        const bytes = new TextEncoder().encode(texts.shift());
        let at = 0;
        return new Response(
          new ReadableStream<Uint8Array>({
            pull: (controller) => {
              if (at >= bytes.length) controller.close();
              else controller.enqueue(bytes.slice(at, at += 7));
            },
          }),
        );
      });
      const told: JobEvent[] = [];
      for await (const event of client.jobs.follow("j")) told.push(event);
      equal(told.map(({ type }) => type), ["unrecovered", "done"], "events");
      equal(after, [null, "1"], "positions");
      const [first] = told;
      holds(
        first?.type === "unrecovered" && first.recovery.error?.message === "Ünavailable.",
        "its words are whole",
      );
    },
  },
];
