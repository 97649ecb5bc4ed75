import { deepEqual, ok } from "node:assert/strict";
import { ROOT } from "../../project/root.ts";
import { routes } from "../../../src/worker/create_app.ts";
import { AUDITED_CHANGES, isAudited } from "../../../src/worker/http/change.ts";
import { noInput, noStoreJson, route } from "../../../src/worker/http/route.ts";

const named = ({ method, path }: (typeof routes)[number]): string => `${method} ${path}`;

Deno.test("a route that may change something and does not say what does not compile", () => {
  const base = { ...noInput, path: "/x", access: "admin", handle: () => noStoreJson({}) } as const;
  for (const method of ["put", "post", "delete", "all"] as const) {
    // @ts-expect-error: `changes` is missing
    route({ ...base, method });
    deepEqual(route({ ...base, method, changes: "forget" }).changes, "forget");
  }
  deepEqual(route({ ...base, method: "get" }).changes, "nothing");
  deepEqual(route({ ...base, method: "get", changes: "export" }).changes, "export");
});

/** Not GET, and still nothing that is held here changes by them. */
const NOTHING = [
  "all /proxy/:kind/:id/:path{.*}",
  "post /connections/:kind/:id/check",
  "post /ui/connections/:kind/:id/check",
  "post /ui/sign-in",
  "post /ui/sign-out",
  "post /ui/language",
  "post /webhooks/highlevel", // while read-only it refuses INSTALL and UNINSTALL by itself, and passes on the rest
];

/** Changed by HighLevel and by customers, who have no key. */
const INSTALLATION = [
  "get /oauth/install",
  "get /oauth/callback",
  "post /r/:token",
];

Deno.test("a route that is no GET is audited, unless it stands here with its reason", () => {
  const silent = routes.filter(({ method, changes }) => method !== "get" && !isAudited(changes));
  deepEqual(
    silent.map(named).sort(),
    [...NOTHING, ...INSTALLATION.filter((name) => !name.startsWith("get "))].sort(),
  );
  deepEqual(
    routes.filter(({ changes }) => changes === "installation").map(named).sort(),
    INSTALLATION.sort(),
  );
});

Deno.test("what is audited needs a key or a session, so that somebody can be named", () => {
  for (const one of routes.filter(({ changes }) => isAudited(changes))) {
    ok(one.access !== "none" && one.access !== "signature", named(one));
  }
  for (const what of ["recover", "import", "forget", "authorise", "start_job", "pause_job", "cancel_job"]) {
    ok(AUDITED_CHANGES.some((change) => change === what));
    ok(routes.some(({ changes }) => changes === what), what);
  }
});

Deno.test("docs/OPERATIONS.md says what audit lines call each change", async () => {
  const doc = await Deno.readTextFile(`${ROOT}/docs/OPERATIONS.md`);
  const [, words = ""] = /^`what` is ([^;]+);/m.exec(doc) ?? [];
  deepEqual([...words.matchAll(/`(\w+)`/g)].map(([, word]) => word).sort(), [...AUDITED_CHANGES].sort());
});
