import { HighLevelError, reconnect } from "../../../mod.ts";
import { type Check, equal, holds, rejection } from "../check.ts";
import { LOCATION, world } from "../world.ts";

/** What may be shown, as JSON and in messages. */
export const secretChecks: readonly Check[] = [
  {
    name: "a grant, a recovery, events and connections show no secret as JSON",
    async run() {
      const { sandbox, app, connections, connect, events, expire } = world();
      await connect(LOCATION);
      expire();
      sandbox.loseTokens();
      const shown = JSON.stringify([
        await connections.recover(LOCATION),
        events,
        await connections.get(LOCATION),
        await connections.list(),
        await reconnect(app, LOCATION),
        connections,
      ]);
      const secrets = [...sandbox.issuedSecrets(), app.clientSecret];
      holds(secrets.length > 5 && secrets.every((secret) => !shown.includes(secret)), "no secret shows");
      holds(shown.includes(LOCATION.locationId), "the connection is named");
    },
  },
  {
    name: "an error is an Error with a stable JSON, and hides what HighLevel echoes",
    async run() {
      const { sandbox, app } = world();
      sandbox.addLocation(LOCATION);
      const message = `bad ${app.clientSecret} and ${encodeURIComponent(app.clientSecret)}`;
      sandbox.fault({
        on: "reconnect",
        kind: "status",
        status: 400,
        body: { statusCode: 400, message, traceId: "trace-1" },
      });
      const error = await rejection(reconnect(app, LOCATION));
      holds(error instanceof Error && error instanceof HighLevelError, "it is both");
      const json: Record<string, unknown> = JSON.parse(JSON.stringify(error));
      equal([json.name, json.code, json.status, json.traceId], [
        "HighLevelError",
        "invalid_request",
        400,
        "trace-1",
      ]);
      holds(
        !`${error.message}${error.stack}${JSON.stringify(error)}`.includes(app.clientSecret),
        "it hides it",
      );
    },
  },
  {
    name: "a TokenSet's JSON is whole",
    async run() {
      const { connect } = world();
      const tokens = await connect(LOCATION);
      const json: Record<string, unknown> = JSON.parse(JSON.stringify(tokens));
      equal([json.accessToken, json.refreshToken], [tokens.accessToken, tokens.refreshToken]);
    },
  },
];
