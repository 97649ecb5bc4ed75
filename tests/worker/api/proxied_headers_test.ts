import { deepEqual } from "node:assert/strict";
import { returnedHeaders, sentHeaders } from "../../../src/worker/api/proxied_headers.ts";

const namesOf = (headers: Headers): string[] => [...headers.keys()];
const each = (names: readonly string[]): Headers => new Headers(names.map((name) => [name, "x"]));

Deno.test("K14: no header by which a caller overrides method, path, host or his address reaches HighLevel", () => {
  const kept = ["accept", "content-type", "if-none-match", "user-agent", "version", "x-mine", "x-original"];
  const dropped = [
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "X-Original-URL",
    "X-Original-Host",
    "X-Original-Method",
    "X-Rewrite-URL",
    "X-Override-URL",
    "X-Host",
    "X-Forwarded",
    "X-Forwarded-Host",
    "X-Forwarded-For",
    "X-Forwarded-Prefix",
    "X-Forwarded-Proto",
    "Forwarded",
    "X-Real-IP",
    "X-Client-IP",
    "X-Remote-Addr",
    "X-Remote-User",
    "X-Cluster-Client-IP",
    "True-Client-IP",
    "X-Originating-IP",
    "X-User-IP",
    "WL-Proxy-Client-IP",
    "Fastly-Client-IP",
    "X-Azure-ClientIP",
    "X-Envoy-Original-Path",
    "X-Middleware-Subrequest",
    "CF-Connecting-IP",
    "CDN-Loop",
    "Via",
    "Authorization",
    "Cookie",
  ];
  deepEqual(namesOf(sentHeaders(each([...kept, ...dropped]))), kept);
});

Deno.test("K14: no answer tells a cache between here and the caller to keep it, or that one has", () => {
  const kept = ["content-type", "etag", "last-modified", "x-ratelimit-remaining", "x-total"];
  const dropped = [
    "Cache-Control",
    "CDN-Cache-Control",
    "Cloudflare-CDN-Cache-Control",
    "Vercel-CDN-Cache-Control",
    "Surrogate-Control",
    "Surrogate-Key",
    "Edge-Control",
    "Cache-Tag",
    "Cache-Status",
    "CF-Cache-Status",
    "X-Cache",
    "X-Cache-Hits",
    "X-Varnish",
    "X-Accel-Expires",
    "X-Accel-Redirect",
    "X-Sendfile",
    "Age",
    "Expires",
    "Pragma",
    "Vary",
    "Netlify-Vary",
    "X-LiteSpeed-Vary",
    "Via",
    "Set-Cookie",
    "Refresh",
    "Reporting-Endpoints",
    "Accept-CH",
  ];
  deepEqual(namesOf(returnedHeaders(each([...kept, ...dropped]))), kept);
});

Deno.test("what Connection names is of one hop, both ways", () => {
  const headers = new Headers({ Connection: "close, X-Hop", "X-Hop": "1", "X-Mine": "1" });
  deepEqual(namesOf(sentHeaders(headers)), ["x-mine"]);
  deepEqual(namesOf(returnedHeaders(headers)), ["x-mine"]);
});
