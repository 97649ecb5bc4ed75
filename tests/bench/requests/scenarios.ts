import type { Sandbox } from "../../../src/sandbox/mod.ts";
import type { Client } from "./contender.ts";

/** Where a scenario plays. */
export interface Stage {
  /** HighLevel. */
  readonly sandbox: Sandbox;
  /** The process under test. */
  readonly client: Client;
  /** What befalls its store from now on. */
  readonly store: { failingWrites: number; readMs: (read: number) => number };
  /** Token requests so far. */
  readonly requests: () => number;
}

/** Something that happens to connections. */
export interface Scenario {
  /** What. */
  readonly what: string;
  /** Token requests that this project may cost. */
  readonly goal: number;
  /** The same against a HighLevel without the window of 30 s. @default goal */
  readonly goalWithoutWindow?: number;
  /** Makes it happen; gives how many callers failed, and the requests where not all of them count. */
  run(stage: Stage): Promise<{ readonly failed: number; readonly requests?: number }>;
}

/** The location that is called when all is over. */
export const LOCATION = { locationId: "benchLocation00000000" };
const COMPANY = { companyId: "benchCompany000000000" };
const AGENCY_LOCATIONS = 10;

/** Everything that is compared in one process. */
export const scenarios: readonly Scenario[] = [
  {
    what: "a living token",
    goal: 0,
    run: async ({ sandbox, client }) => {
      await client.save(LOCATION, sandbox.install(LOCATION), "living");
      return await callers(client, 1);
    },
  },
  {
    what: "an expired token",
    goal: 1,
    run: async ({ sandbox, client }) => {
      await expired(sandbox, client);
      return await callers(client, 1);
    },
  },
  {
    what: "tokens lost here: an empty store",
    goal: 2,
    run: async ({ sandbox, client }) => {
      sandbox.install(LOCATION);
      return await callers(client, 1);
    },
  },
  {
    what: "tokens lost at HighLevel (one refused refresh, then 2)",
    goal: 3,
    run: async ({ sandbox, client }) => {
      await client.save(LOCATION, sandbox.install(LOCATION), "living");
      sandbox.loseTokens();
      return await callers(client, 1);
    },
  },
  {
    what: "…, Reconnect removed, agency known: the first location",
    goal: 4,
    run: async (stage) => {
      const { failed, first } = await throughAgency(stage);
      return { failed, requests: first };
    },
  },
  {
    what: "…: each further location, at most",
    goal: 2,
    run: async (stage) => {
      const { failed, further } = await throughAgency(stage);
      return { failed, requests: further };
    },
  },
  {
    what: "1,000 callers, an expired token",
    goal: 1,
    run: async ({ sandbox, client }) => {
      await expired(sandbox, client);
      return await callers(client, 1_000);
    },
  },
  {
    what: "…, the store's answers take 0 to 49 ms to them",
    goal: 1,
    run: async ({ sandbox, client, store }) => {
      await expired(sandbox, client);
      store.readMs = (read) => read % 50;
      return await callers(client, 1_000);
    },
  },
  {
    what: "the answer of a refresh is lost once",
    goal: 2,
    goalWithoutWindow: 4,
    run: async ({ sandbox, client }) => {
      await expired(sandbox, client);
      sandbox.fault({ on: "refresh", kind: "reset_after" });
      return await callers(client, 1);
    },
  },
  {
    what: "the store fails once, just after a refresh",
    goal: 1,
    run: async ({ sandbox, client, store }) => {
      await expired(sandbox, client);
      store.failingWrites = 1;
      return await callers(client, 1);
    },
  },
];

/** An agency and its locations: HighLevel lost the locations' tokens and removed Reconnect; the agency's has expired. */
async function throughAgency(
  { sandbox, client, requests }: Stage,
): Promise<{ readonly failed: number; readonly first: number; readonly further: number }> {
  sandbox.addCompany(COMPANY);
  await client.save(COMPANY, sandbox.install(COMPANY), "expired");
  sandbox.expireAccessTokens(COMPANY);
  const ids = [
    LOCATION.locationId,
    ...Array.from({ length: AGENCY_LOCATIONS - 1 }, (_, at) => `benchLocation0000000${at + 1}`),
  ];
  for (const locationId of ids) {
    sandbox.addLocation({ locationId, ...COMPANY });
    await client.save({ locationId }, sandbox.install({ locationId }), "living");
    sandbox.loseTokens({ locationId });
  }
  sandbox.removeReconnect();
  const costs: number[] = [];
  let failed = 0;
  for (const locationId of ids) {
    const before = requests();
    await client.call(locationId).catch(() => failed++);
    costs.push(requests() - before);
  }
  return { failed, first: costs[0] ?? NaN, further: Math.max(...costs.slice(1)) };
}

async function expired(sandbox: Sandbox, client: Client): Promise<void> {
  await client.save(LOCATION, sandbox.install(LOCATION), "expired");
  sandbox.expireAccessTokens();
}

async function callers(client: Client, count: number): Promise<{ readonly failed: number }> {
  const results = await Promise.allSettled(
    Array.from({ length: count }, () => client.call(LOCATION.locationId)),
  );
  return { failed: results.filter(({ status }) => status === "rejected").length };
}
