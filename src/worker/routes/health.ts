import * as v from "valibot";
import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { VERSION } from "../version.ts";

/** Liveness. */
export const healthRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/healthz",
    access: "none",
    summary: "Tell that the worker lives",
    answers: {
      200: { description: "It lives", schema: v.object({ status: v.literal("ok"), version: v.string() }) },
    },
    handle: () => noStoreJson({ status: "ok", version: VERSION }),
  }),
];
