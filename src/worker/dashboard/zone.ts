/** The cookie in which the script tells the reader's time zone. */
export const ZONE_COOKIE = "highlevel_zone";

/** `told` where it is a time zone, as `Asia/Seoul`; else UTC. */
export function zoneOf(told: string | undefined): string {
  if (told === undefined || !/^[\w+/-]{1,64}$/.test(told)) return "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: told }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

/** How far the clocks of `zone` are ahead of UTC at `at`, ms. */
export function offsetOf(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(
    value("year"),
    value("month") - 1,
    value("day"),
    value("hour"),
    value("minute"),
    value("second"),
  );
  return local - Math.floor(at / 1_000) * 1_000;
}
