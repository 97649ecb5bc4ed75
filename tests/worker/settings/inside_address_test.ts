import { equal } from "node:assert/strict";
import { BlockList, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { isInside } from "../../../src/worker/settings/inside_address.ts";

const INSIDE = [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f000001",
  "0177.0.0.1",
  "0x7f.0.0.1",
  "127.0.0.1.",
  "１２７.０.０.１",
  "%31%32%37.0.0.1",
  "0",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "100.64.0.1",
  "100.127.255.254",
  "169.254.169.254",
  "0xa9fea9fe",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "255.255.255.255",
  "[::1]",
  "[::]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:8.8.8.8]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[fc00::1]",
  "[fd12:3456::1]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[2001::1]",
  "[2001:db8::1]",
  "[2002:7f00:1::]",
  "[3fff::1]",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "localhost..",
  "a.localhost",
  "intranet",
  "crm",
  "metadata.google.internal",
  "printer.local",
  "router.lan",
  "crm.corp",
  "nas.home.arpa",
  "1.0.0.127.in-addr.arpa",
  "kubernetes.default.svc",
  "crm.test",
  "lvh.me",
  "app.localtest.me.",
  "127.0.0.1.nip.io",
  "10.0.0.1.nip.io",
  "10.0.0.1.nip.io.",
  "crm.10.0.0.1.nip.io",
  "crm-10-0-0-1.nip.io",
  "a-1-169-254-169-254.sslip.io",
  "192-168-1-1.sslip.io",
  "0A000001.nip.io",
  "crm-7f000001.nip.io",
  "10.0.0.1.xip.io",
  "127-0-0-1.traefik.me",
];

const OUTSIDE = [
  "8.8.8.8",
  "100.63.255.255",
  "100.128.0.1",
  "172.15.255.255",
  "172.32.0.1",
  "192.167.1.1",
  "198.17.255.255",
  "198.20.0.1",
  "223.255.255.255",
  "[2606:4700::1111]",
  "[2001:200::1]",
  "[2a00:1450::1]",
  "crm.example",
  "localhost.example",
  "local.example.com",
  "8.8.8.8.nip.io",
  "crm-93-184-216-34.sslip.io",
  "08080808.nip.io",
  "nip.io",
  "crm.nip.io",
  "10.0.0.1.crm.example",
  "10-0-0-1.nip.io.example",
  "notlvh.me",
  "svc.example",
  "xn--bcher-kva.example",
];

Deno.test("addresses and names of the inside are told in every spelling; those of the internet are not", () => {
  for (const host of INSIDE) equal(isInside(`https://${host}/a`), true, host);
  for (const host of OUTSIDE) equal(isInside(`https://${host}/a`), false, host);
});

Deno.test("every IPv4 address is told as node:net tells it by IANA's list", () => {
  const list = new BlockList();
  for (
    const range of [
      "0.0.0.0/8",
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.0.0.0/24",
      "192.0.2.0/24",
      "192.88.99.0/24",
      "192.168.0.0/16",
      "198.18.0.0/15",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "224.0.0.0/4",
      "240.0.0.0/4",
    ]
  ) {
    const [first = "", bits = ""] = range.split("/");
    list.addSubnet(first, Number(bits), "ipv4");
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (address) => {
      const text = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
      equal(isIPv4(text), true);
      equal(isInside(`https://${address}/`), list.check(text, "ipv4"), text);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("of IPv6 nothing but global unicast addresses pass", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffff }), (first, second) => {
      const text = `${first.toString(16)}:${second.toString(16)}::1`;
      equal(isIPv6(text), true);
      if (first < 0x2000 || first > 0x3fff) equal(isInside(`https://[${text}]/`), true, text);
    }),
  );
});
