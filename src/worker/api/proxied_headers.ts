import { traceparentIn } from "../http/traceparent.ts";

/** Request headers that concern this hop, or that are the caller's own. */
const OF_THIS_HOP =
  /^(authorization|cookie|host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|via|origin|referer|accept-encoding)$/;
/** Request headers by which a caller could speak for another address, or for a hop before this one. */
const OF_WHO_ASKS =
  /^(forwarded|x-forwarded(-.*)?|(x-)?(real|client|remote|true|user|originating|cluster|true-client|cluster-client)-(ip|addr|user)|wl-proxy-.*|(x-)?(fastly|azure|envoy|appengine|amz|amzn|vercel|nf)-.*|cf-.*|cdn-.*)$/;
/** Request headers by which a gateway or framework takes the method, path or host from elsewhere than the request line. */
const OVERRIDES =
  /^x-(http-)?method(-override)?$|^x-(original|rewrite|override|forward|replaced)-.*|^x-(host|path|url|uri|http-host-override|http-path-override|middleware-.*)$/;

/** Answer headers that concern that hop, or that would set something at this origin. */
const OF_THAT_HOP =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|content-encoding|set-cookie.*|clear-site-data|access-control-.*|strict-transport-security|public-key-pins|alt-svc|report-to|reporting-endpoints|nel|accept-ch|refresh|via|service-worker-allowed)$/;
/** Answer headers by which caches between here and the caller would keep it, or say that they did: a token's answer is never kept. */
const OF_CACHES =
  /^(age|expires|pragma|(.*-)?vary|warning|edge-control|x-varnish|surrogate-.*|x-accel-.*|x-sendfile)$|(^|-)cache(-|$)/;

/** The caller's headers that HighLevel gets, with his trace where that is one. */
export function sentHeaders(headers: Headers): Headers {
  const sent = without(headers, OF_THIS_HOP, OF_WHO_ASKS, OVERRIDES);
  if (traceparentIn(headers) !== undefined) return sent;
  for (const name of ["traceparent", "tracestate"]) sent.delete(name);
  return sent;
}

/** HighLevel's headers that the caller gets. */
export function returnedHeaders(headers: Headers): Headers {
  return without(headers, OF_THAT_HOP, OF_CACHES);
}

/** `headers` but those that `patterns` name, and those that `Connection` names. */
function without(headers: Headers, ...patterns: readonly RegExp[]): Headers {
  const named = (headers.get("connection") ?? "").toLowerCase().split(",").map((name) => name.trim());
  const isKept = ([name]: readonly [string, string]): boolean =>
    !named.includes(name) && !patterns.some((pattern) => pattern.test(name));
  return new Headers([...headers].filter(isKept));
}
