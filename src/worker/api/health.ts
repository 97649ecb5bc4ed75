import { noInput, noStoreJson, type Route, route } from "../http/route.ts";
import { VERSION } from "../version.ts";

/** Liveness. */
export const healthRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/healthz",
    access: "none",
    handle: () => noStoreJson({ status: "ok", version: VERSION }),
  }),
];
