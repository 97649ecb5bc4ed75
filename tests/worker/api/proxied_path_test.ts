import { equal } from "node:assert/strict";
import { judgePath, type PathVerdict } from "../../../src/worker/api/proxied_path.ts";

/** Spellings that some reader may take for `/oauth/locationToken`, or for an uninstall. */
const DISGUISED = [
  "/oauth",
  "/oauth/",
  "/oauth/locationToken",
  "/OAuth/locationToken",
  "/OAUTH/token",
  "/%6fauth/token",
  "/%6F%61%75%74%68/token",
  "/o%61uth/token",
  "/%256fauth/token",
  "/%25256fauth/token",
  "/%EF%BD%8Fauth/token",
  "/\uff4fauth/token",
  "/oauth;x=1/token",
  "/oauth%3bx/token",
  "/oauth./token",
  "/oauth%20/token",
  "/%20oauth/token",
  "/.oauth/token",
  "/marketplace/app/6637aef4b7c0e85d3b1f9d77/installations",
  "/MarketPlace/app/1/installations",
  "/m%61rketplace/app",
];

/** Paths that lead elsewhere when somebody else reads them, or might. */
const NOT_PLAIN = [
  "//oauth/token",
  "/x//oauth/token",
  "/x/%2e%2e/oauth/token",
  "/x/%252e%252e/oauth/token",
  "/x/%25252e%25252e/oauth/token",
  "/x/..;/oauth/token",
  "/x/..%3bv=1/oauth/token",
  "/%2foauth/token",
  "/%252foauth/token",
  "/\\oauth/token",
  "/%5coauth",
  "/%255coauth",
  "/./oauth",
  "/%EF%BC%8E%EF%BC%8E/oauth",
  "/%EF%BC%8Foauth/token",
  "/x/..%c0%af../oauth/token",
  "/%25c1%259coauth/token",
  "/%u006fauth/token",
  "/x/%u002e%u002e/oauth",
  "/%00oauth",
  "/oauth%0a",
  "/oauth%7f",
];

Deno.test("K13: what hands out refresh tokens or uninstalls is refused, however it is spelled", () => {
  for (const path of DISGUISED) equal(judgePath("POST", path, []), "not_allowed", path);
  for (const path of NOT_PLAIN) {
    equal(judgePath("POST", path, ["/oauth", "/marketplace", "/x"]), "not_plain", path);
  }
});

Deno.test("the list of installed locations passes by GET, spelled as HighLevel spells it, and nothing beside it", () => {
  for (const path of ["/oauth/installedLocations", "/oauth/installed-locations"]) {
    equal(judgePath("GET", path, []), "passed", path);
    for (const method of ["POST", "DELETE", "get"]) equal(judgePath(method, path, []), "not_allowed", method);
    for (const end of ["/", "/x", ";x", "%20"]) {
      equal(judgePath("GET", path + end, []), "not_allowed", path + end);
    }
  }
  equal(judgePath("GET", "/oauth/locationToken", []), "not_allowed");
});

Deno.test("all else passes, as it is", () => {
  const paths = [
    "/contacts/",
    "/contacts/oauth",
    "/locations/l1/customValues/a.b",
    "/contacts/a%20b/%ED%95%9C",
    "/contacts/100%25",
    "/contacts/%zz",
    "/oauths/x",
    "/marketplaces",
    "/contacts:search",
    "/",
  ];
  for (const path of paths) equal(judgePath("POST", path, []), "passed", path);
});

Deno.test("PROXY_ALLOW lets through what it begins, spelled as it is there, up to the end of a segment", () => {
  const cases: readonly (readonly [path: string, allowed: string, verdict: PathVerdict])[] = [
    ["/oauth/installedLocations", "/oauth/installedLocations", "passed"],
    ["/oauth/installedLocations/x", "/oauth/installedLocations", "passed"],
    ["/oauth/installedLocationsX", "/oauth/installedLocations", "not_allowed"],
    ["/oauth/locationToken", "/oauth/installedLocations", "not_allowed"],
    ["/oauth/locationToken", "/oauth/", "passed"],
    ["/oauth", "/oauth/", "not_allowed"],
    ["/oauth", "/oauth", "passed"],
    ["/OAUTH/locationToken", "/oauth", "not_allowed"],
    ["/%6fauth/locationToken", "/oauth", "not_allowed"],
    ["/marketplace/app/1/installations", "/marketplace/app", "passed"],
    ["/marketplace/billing", "/marketplace/app", "not_allowed"],
  ];
  for (const [path, allowed, verdict] of cases) {
    equal(judgePath("POST", path, [allowed]), verdict, `${path} ${allowed}`);
  }
});
