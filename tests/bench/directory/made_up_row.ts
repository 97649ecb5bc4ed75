import type { KeptRow } from "../../../src/worker/directory/directory_api.ts";

const WORDS: readonly string[] =
  "Bright Dental Clinic Seoul Busan Hair Studio Smile Green North Family Café Partners Legal Auto Repair Wellness 한빛 치과의원 서울 미용실 Sørensen"
    .split(" ");

/** Row `n` of a directory as large as one likes: agencies of 500 locations, one in a hundred in trouble. */
export function madeUpRow(n: number): KeptRow {
  const name = [n, n * 7 + 3, (n >> 3) * 5 + 1].map((at) => WORDS[at % WORDS.length]).join(" ");
  const agency = `Co${String(Math.floor(n / 500)).padStart(18, "0")}`;
  if (n % 500 === 0) {
    return { kind: "company", id: agency, name: `Agency ${n}`, status: "connected", since: n };
  }
  return {
    kind: "location",
    id: `Lo${String(n).padStart(18, "0")}`,
    name: `${name} ${n}`,
    companyId: agency,
    since: n,
    ...n % 100 === 7
      ? { status: "reauthorization_required", cause: "not_installed" }
      : n % 300 === 9
      ? { status: "broken", cause: "invalid_grant" }
      : { status: "connected" },
  };
}
