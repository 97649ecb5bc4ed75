import * as v from "valibot";
import { exchangeGrant, keyOf } from "../../connections/host.ts";
import { defined, USER_TYPES } from "../../oauth/host.ts";
import { HighLevelError } from "../../oauth/mod.ts";
import { problemOf, problemResponse } from "../http/problem.ts";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { targetSchema } from "../http/schemas.ts";
import { plainError, resultOrError } from "../durable/plain_result.ts";
import { unknownConnection } from "./connections.ts";
import { audited, callerOf } from "../http/audit.ts";
import { makeGood, saveAuthorization } from "../http/save_authorization.ts";

/** A code that came to the host's own callback: exchanged and stored here. */
export const authorizationCodeRoute: Route = route({
  ...noInput,
  method: "post",
  path: "/oauth/code",
  access: "admin",
  changes: "authorise",
  body: v.strictObject({
    code: v.pipe(v.string(), v.regex(/^[!-~]{1,4096}$/, "must be a code of 1 to 4096 characters")),
    userType: v.optional(v.picklist(USER_TYPES)),
    expected: v.optional(targetSchema),
  }),
  handle: async (context, { body: { code, userType, expected } }) => {
    const scope = context.get("scope");
    let authorization: Awaited<ReturnType<typeof exchangeGrant>>;
    try {
      authorization = await exchangeGrant(scope.settings.app, defined({ code, userType, expected }));
    } catch (error) {
      if (!(error instanceof HighLevelError)) throw error;
      makeGood(scope, error, expected);
      const problem = problemOf(plainError(error));
      if (error.code === "invalid_grant") return problemResponse({ ...problem, status: 422 });
      if (error.code !== "wrong_connection") return problemResponse(problem);
      return problemResponse({ ...problem, status: 409, extra: { target: error.target } });
    }
    const { target } = authorization;
    audited(context, { connection: keyOf("", target) });
    resultOrError(await saveAuthorization(scope, authorization, callerOf(context)));
    const { connection } = await scope.connection(target).describe();
    if (!connection) throw unknownConnection(target); // forgotten meanwhile
    return noStoreJson(connection);
  },
});
