/** W3C Trace Context: version, id of the trace, id of the caller's span, flags. Later versions may have more behind that. */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]{1,128})?$/;

/** The `traceparent` of a request, up to its flags, if it is one; of version 00 nothing may stand behind them. */
export function traceparentIn(headers: Headers): string | undefined {
  const text = headers.get("traceparent") ?? "";
  const [, version, more] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === "00" && more !== undefined) return undefined;
  return text.slice(0, 55);
}
