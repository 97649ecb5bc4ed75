import { moment } from "../oauth/fields.ts";

/**
 * The moment that `value` tells, ms since the epoch, as databases write it: ISO text, seconds, ms or µs since the epoch as a
 * number or text, or Postgres's and MySQL's text. Where no zone is told it is UTC. `undefined` where it tells none.
 */
export function momentIn(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{9,17}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === "number") {
    return inRange(number < 1e11 ? number * 1000 : number < 1e14 ? number : number / 1000);
  }
  if (typeof number !== "string") return undefined;
  const [, day, time, zone = ""] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i.exec(number) ??
      [];
  if (day === undefined) return inRange(/\d{4}/.test(number) ? moment(number)?.getTime() : undefined);
  const [, sign, hours, minutes = "00"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return inRange(
    moment(`${day}T${time}${sign === undefined ? "Z" : `${sign}${hours}:${minutes}`}`)?.getTime(),
  );
}

/** Whole ms, where they are a moment in the years 1970 to 2286. */
function inRange(time: number | undefined): number | undefined {
  return time !== undefined && time > 0 && time < 1e13 ? Math.round(time) : undefined;
}
