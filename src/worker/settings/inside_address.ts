/** Names that mean something inside a machine or a network only. */
const INSIDE_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa|svc|test|invalid)$/;

/** Public names of which every one below resolves to this machine. */
const LOOPBACK_NAMES = /(^|\.)(localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|localho\.st)$/;

/** Public names that resolve to the IPv4 address which stands in them: `10.0.0.1.nip.io`, `app-10-0-0-1.sslip.io`, `0a000001.nip.io`. */
const SPELLING_NAMES = /^(.+)\.(nip\.io|sslip\.io|xip\.io|traefik\.me)$/;

/** IPv4 addresses that are nobody's on the internet (IANA's special-purpose registry): the first one, and bits of the prefix. */
const INSIDE_V4: readonly (readonly [first: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/**
 * Whether `url` leads to this machine or into a private network: by an address, in whatever spelling, or by a name that means one, those
 * of well-known services too. Another public name that resolves to such an address cannot be told by its look; Cloudflare's network
 * does not route there.
 */
export function isInside(url: string): boolean {
  // The parser has made one spelling of all: 0x7f.1, 2130706433 and 127.0.0.1. are 127.0.0.1.
  const host = (URL.parse(url)?.hostname ?? "").replace(/\.+$/, "");
  if (host.startsWith("[")) return isInsideV6(host.slice(1, -1));
  if (/^\d+(\.\d+){3}$/.test(host)) return isInsideV4(host);
  return host !== "" && !host.includes(".") || INSIDE_NAMES.test(host) || LOOPBACK_NAMES.test(host) ||
    spellsInside(host);
}

/** Whether an address of the inside stands in a name that resolves to it. */
function spellsInside(host: string): boolean {
  const [, spelling = ""] = SPELLING_NAMES.exec(host) ?? [];
  const parts = spelling.split(/[.-]/);
  return parts.some((part, at) => {
    const decimal = parts.slice(at, at + 4);
    if (decimal.length === 4 && decimal.every(isByte)) return isInsideV4(decimal.join("."));
    return /^[0-9a-f]{8}$/.test(part) && isInsideV4(`${parseInt(part, 16)}`);
  });
}

function isByte(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) < 256;
}

function isInsideV4(host: string): boolean {
  const address = numberOf(host);
  return INSIDE_V4.some(([first, bits]) => Math.floor((address - numberOf(first)) / 2 ** (32 - bits)) === 0);
}

/** All but what is assigned for the whole internet: 2000::/3, less what of it is for protocols, examples and tunnels to IPv4. */
function isInsideV6(host: string): boolean {
  const [first = 0, second = 0] = host.split("::")[0]?.split(":").map((part) => parseInt(part || "0", 16)) ??
    [];
  const isGlobal = first >= 0x2000 && first < 0x4000;
  const isSpecial = first === 0x2001 && (second < 0x200 || second === 0xdb8) || first === 0x2002 ||
    first === 0x3fff && second < 0x1000;
  return !isGlobal || isSpecial;
}

function numberOf(host: string): number {
  return host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
