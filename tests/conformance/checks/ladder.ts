import { type Check, equal, holds, rejection } from "../check.ts";
import { COMPANY, LOCATION, world } from "../world.ts";

/** The life of a connection, rung by rung. */
export const ladderChecks: readonly Check[] = [
  {
    name: "a living token is returned without a request",
    async run() {
      const { connections, connect, traffic } = world();
      const { accessToken } = await connect(LOCATION);
      equal(await connections.accessToken(LOCATION), accessToken, "the token");
      equal(traffic(), {}, "requests");
    },
  },
  {
    name: "an expired token is refreshed, once",
    async run() {
      const { sandbox, connections, connect, expire, traffic } = world();
      await connect(LOCATION);
      expire();
      holds(sandbox.isLiving(await connections.accessToken(LOCATION)), "the token works");
      equal(traffic(), { refresh: 1 }, "requests");
    },
  },
  {
    name: "a lost connection is reconnected and exchanged, and is stored for the next process",
    async run() {
      const { sandbox, connections, another, connect, traffic, events } = world();
      const { accessToken } = await connect(LOCATION);
      sandbox.loseTokens();
      const { outcome, by, attempts } = await connections.recover(LOCATION);
      equal([outcome, by], ["recovered", "reconnect"]);
      equal(attempts.map(({ by, code }) => [by, code ?? "worked"]), [
        ["refresh", "invalid_grant"],
        ["reconnect", "worked"],
      ], "attempts");
      const next = await another().accessToken(LOCATION);
      holds(next !== accessToken && sandbox.isLiving(next), "the next process has a new token");
      equal(traffic(), { reconnect: 1, exchange: 1, refresh: 1 }, "requests");
      equal(events.map(({ type }) => type), ["installed", "recovered"], "events");
    },
  },
  {
    name: "where Reconnect is gone the agency's token brings the location back",
    async run() {
      const { sandbox, connections, connect, traffic } = world();
      sandbox.addLocation({ ...LOCATION, ...COMPANY });
      await connect(LOCATION);
      await connect(COMPANY);
      sandbox.loseTokens(LOCATION);
      sandbox.removeReconnect();
      const { outcome, by } = await connections.recover(LOCATION);
      equal([outcome, by], ["recovered", "agency"]);
      equal(traffic(), { reconnect: 1, refresh: 1, locationToken: 1 }, "requests");
    },
  },
  {
    name: "a paused location keeps its refresh token and comes back with it",
    async run() {
      const { sandbox, connections, connect, expire, traffic } = world();
      await connect(LOCATION);
      expire();
      sandbox.pause(LOCATION.locationId);
      equal((await connections.recover(LOCATION)).outcome, "paused", "the outcome");
      sandbox.resume(LOCATION.locationId);
      sandbox.resetCounts();
      equal((await connections.recover(LOCATION)).by, "refresh", "the way back");
      equal(traffic(), { refresh: 1 }, "requests");
    },
  },
  {
    name: "where every way is refused a person is asked, and told where",
    async run() {
      const { sandbox, another, connect, expire, events } = world();
      const connections = another({ scope: "contacts.readonly" });
      await connect(LOCATION);
      expire();
      sandbox.loseTokens();
      sandbox.uninstall(LOCATION);
      const { outcome, authorizationUrl = "" } = await connections.recover(LOCATION);
      equal(outcome, "reauthorization_required", "the outcome");
      holds(authorizationUrl.includes("client_id="), "the link is told");
      equal(events.map(({ type }) => type), ["installed", "reauthorization_required"], "events");
      equal((await rejection(connections.accessToken(LOCATION))).code, "reauthorization_required");
    },
  },
  {
    name: "while HighLevel is down nothing is given up",
    async run() {
      const { sandbox, connections, connect, expire, pass, traffic } = world();
      await connect(LOCATION);
      expire();
      sandbox.fault({ on: "any", kind: "status", status: 503, times: Infinity });
      const { outcome, error } = await connections.recover(LOCATION);
      equal([outcome, error?.retryable], ["failed", true]);
      sandbox.clearFaults();
      sandbox.resetCounts();
      pass(30_000); // the cool-down
      await connections.accessToken(LOCATION);
      equal(traffic(), { refresh: 1 }, "requests");
    },
  },
  {
    name: "the lost answer of a refresh costs no connection",
    async run() {
      const { sandbox, connections, connect, expire } = world();
      await connect(LOCATION);
      expire();
      sandbox.fault({ on: "refresh", kind: "reset_after" });
      holds(sandbox.isLiving(await connections.accessToken(LOCATION)), "the token works");
    },
  },
  {
    name: "what is forgotten stays forgotten until it is authorised again",
    async run() {
      const { sandbox, connections, connect } = world();
      await connect(LOCATION);
      await connections.forget(LOCATION);
      equal((await rejection(connections.accessToken(LOCATION))).code, "not_installed");
      await connections.authorize({ code: sandbox.authorize(LOCATION) });
      holds(sandbox.isLiving(await connections.accessToken(LOCATION)), "the token works");
    },
  },
];
