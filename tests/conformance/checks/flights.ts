import { type Check, equal, holds } from "../check.ts";
import { LOCATION, world } from "../world.ts";

const CALLERS = 1_000;

/** Many callers, one flight. */
export const flightChecks: readonly Check[] = [
  {
    name: "1,000 callers of an expired token share one refresh",
    async run() {
      const { connections, connect, expire, traffic } = world();
      await connect(LOCATION);
      expire();
      const calls = Array.from({ length: CALLERS }, () => connections.accessToken(LOCATION));
      equal(new Set(await Promise.all(calls)).size, 1, "tokens");
      equal(traffic(), { refresh: 1 }, "requests");
    },
  },
  {
    name: "1,000 callers of a lost connection share one recovery",
    async run() {
      const { sandbox, connections, traffic } = world();
      sandbox.addLocation(LOCATION);
      const calls = Array.from({ length: CALLERS }, () => connections.accessToken(LOCATION));
      equal(new Set(await Promise.all(calls)).size, 1, "tokens");
      equal(traffic(), { reconnect: 1, exchange: 1 }, "requests");
    },
  },
  {
    name: "who comes with a rejected token gets the newer one without a request",
    async run() {
      const { sandbox, connections, connect, traffic } = world();
      const { accessToken: rejected } = await connect(LOCATION);
      sandbox.loseTokens();
      const healed = await Promise.all(
        Array.from({ length: 50 }, () => connections.accessToken(LOCATION, { rejected })),
      );
      equal(new Set(healed).size, 1, "tokens");
      sandbox.resetCounts();
      equal(await connections.accessToken(LOCATION, { rejected }), healed[0], "a late caller's token");
      equal(traffic(), {}, "requests of a late caller");
    },
  },
  {
    name: "fetch heals a 401 and repeats the request with its body",
    async run() {
      const { sandbox, connections, connect, pass, traffic } = world();
      await connect(LOCATION);
      pass(3_600_000); // a token minted seconds ago would be tried once more
      sandbox.loseTokens();
      const response = await connections.fetch(LOCATION, "/contacts/", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...LOCATION, firstName: "Zoë" }),
      });
      holds(response.ok && (await response.text()).includes("Zoë"), "the second answer comes back");
      equal(sandbox.counts.createContact, 2, "requests to the API");
      equal(traffic(), { reconnect: 1, exchange: 1, refresh: 1 }, "requests to heal it");
    },
  },
  {
    name: "fetch sends its token nowhere else",
    async run() {
      const { sandbox, connections, connect } = world();
      await connect(LOCATION);
      const caught: unknown = await connections.fetch(LOCATION, "https://elsewhere.example/")
        .catch((error: unknown) => error);
      holds(caught instanceof TypeError, "it is a TypeError");
      equal(sandbox.counts.total, 0, "requests");
    },
  },
  {
    name: "a caller that gives up leaves the flight to the others",
    async run() {
      const { connections, connect, expire, traffic } = world();
      await connect(LOCATION);
      expire();
      const impatient = new AbortController();
      const first = connections.accessToken(LOCATION, { signal: impatient.signal }).catch(() => "gave up");
      const second = connections.accessToken(LOCATION);
      impatient.abort();
      equal(await first, "gave up", "the first");
      holds((await second).length > 100, "the second has its token");
      equal(traffic(), { refresh: 1 }, "requests");
    },
  },
];
