import { type Check, equal, holds } from "../check.ts";
import { LOCATION, world } from "../world.ts";

/** Many connections at once. */
export const bulkChecks: readonly Check[] = [
  {
    name: "500 lost connections come back for two requests each, 32 at a time at most",
    async run() {
      const { sandbox, app, another, traffic } = world();
      const targets = Array.from({ length: 500 }, () => sandbox.addLocation());
      let [under, most] = [0, 0];
      const fetch = async (input: string, init: RequestInit): Promise<Response> => {
        most = Math.max(most, ++under);
        try {
          await new Promise((resolve) => setTimeout(resolve, 0)); // lets others start
          return await sandbox.fetch(input, init);
        } finally {
          under--;
        }
      };
      const connections = another({ app: { ...app, fetch } });
      const found = new Set<string | undefined>();
      for await (const { target, outcome } of connections.recoverAll(targets)) {
        equal(outcome, "recovered", "the outcome");
        found.add(target.locationId);
      }
      equal(found.size, 500, "connections");
      equal(traffic(), { reconnect: 500, exchange: 500 }, "requests");
      holds(most <= 32 && most > 1, `at most 32 run at once (${most} did)`);
    },
  },
  {
    name: "targets may come one by one from an async generator",
    async run() {
      const { sandbox, connections } = world();
      async function* targets(): AsyncGenerator<{ locationId: string }> {
        for (let i = 0; i < 20; i++) yield await Promise.resolve(sandbox.addLocation());
      }
      let recovered = 0;
      for await (const { outcome } of connections.recoverAll(targets(), { concurrency: 3 })) {
        if (outcome === "recovered") recovered++;
      }
      equal(recovered, 20, "recovered");
    },
  },
  {
    name: "wrong credentials end the run early with the reason",
    async run() {
      const { sandbox, app, another } = world();
      const targets = Array.from({ length: 200 }, () => sandbox.addLocation());
      const connections = another({ app: { ...app, clientSecret: "wrong" } });
      const outcomes: string[] = [];
      const caught: unknown = await (async () => {
        for await (const { outcome } of connections.recoverAll(targets)) outcomes.push(outcome);
      })().catch((error: unknown) => error);
      equal(caught instanceof Error && "code" in caught && caught.code, "invalid_client", "the reason");
      holds(sandbox.counts.total < 200, `it ends early (${sandbox.counts.total} requests)`);
      holds(!outcomes.includes("recovered"), "nothing is called recovered");
    },
  },
  {
    name: "list tells every connection, page by page, and no token",
    async run() {
      const { sandbox, connections } = world();
      const targets = Array.from({ length: 25 }, () => sandbox.addLocation());
      for await (const { outcome } of connections.recoverAll([...targets, LOCATION])) {
        holds(outcome !== "failed", "nothing fails");
      }
      const ids = new Set<string | undefined>();
      let cursor: string | undefined;
      do {
        const page = await connections.list({
          status: "connected",
          limit: 10,
          ...(cursor !== undefined && { cursor }),
        });
        for (const { target } of page.connections) ids.add(target.locationId);
        const text = JSON.stringify(page);
        holds(sandbox.issuedSecrets().every((secret) => !text.includes(secret)), "no token shows");
        cursor = page.cursor;
      } while (cursor !== undefined);
      equal(ids.size, 25, "connections");
    },
  },
];
