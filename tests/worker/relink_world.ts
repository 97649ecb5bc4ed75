import { equal } from "node:assert/strict";
import { read, utils } from "xlsx";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { kindAndId } from "../../src/worker/kind_and_id.ts";
import { nameOf, put, type Target } from "./calls.ts";
import { choice, InstallBrowser, type Visit } from "./install_browser.ts";
import { jobIs, startJob } from "./recovery_job/job_calls.ts";
import { SANDBOX_APP, startWorld, TEST_ENTRY, until, type WorkerWorld } from "./worker_world.ts";

/** A world whose agencies and locations are all lost, since HighLevel removed Reconnect. */
export interface LostWorld extends AsyncDisposable {
  readonly world: WorkerWorld;
  /** The agencies, with their locations. */
  readonly agencies: readonly { readonly companyId: string; readonly locationIds: readonly string[] }[];
  /** Locations without an agency that is known. */
  readonly alone: readonly string[];
}

/** Requests at once while a world is being made. */
const AT_ONCE = 20;

/** Makes a world with agencies of so many locations each, and so many alone. */
export async function startLost(sizes: readonly number[], alone: number): Promise<LostWorld> {
  const sandbox = createSandbox({ app: SANDBOX_APP, rateLimit: false });
  const world = await startWorld({ sandbox, entry: TEST_ENTRY });
  const names = new Map<Target, string>();
  const agencies = sizes.map((size, index) => {
    const { companyId } = sandbox.addCompany();
    names.set({ companyId }, `Agency ${index + 1}`);
    const locationIds = Array.from({ length: size }, () => sandbox.addLocation({ companyId }).locationId);
    locationIds.forEach((locationId, n) => names.set({ locationId }, `Shop ${index + 1}-${n + 1}`));
    return { companyId, locationIds };
  });
  const others = Array.from({ length: alone }, () => sandbox.addLocation().locationId);
  others.forEach((locationId, n) => names.set({ locationId }, `한빛 치과 ${n + 1}`));
  const targets = [...names.keys()];
  for (let at = 0; at < targets.length; at += AT_ONCE) {
    await Promise.all(
      targets.slice(at, at + AT_ONCE).map((target) =>
        put(world, target, { ...sandbox.install(target), name: names.get(target) })
      ),
    );
  }
  sandbox.loseTokens();
  sandbox.removeReconnect();
  await jobIs(world, await startJob(world, { targets }), "done");
  await until(async () => await totalOf(world, "reauthorization_required") === targets.length);
  return { world, agencies, alone: others, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** How many connections the directory lists with a status. */
export async function totalOf({ json }: WorkerWorld, status: string): Promise<unknown> {
  return (await json(`/connections?status=${status}&limit=1`)).body.total;
}

/** A link of one connection, as an admin makes it. */
export async function newLink({ json }: WorkerWorld, target: Target): Promise<string> {
  const { status, body } = await json(`/connections/${nameOf(target)}/link`, { method: "POST" });
  equal(status, 200, JSON.stringify(body));
  return String(body.url);
}

/** Opens a link as its customer does, presses its button, and chooses `target` on HighLevel's page. */
export async function click(world: WorkerWorld, link: string, target: Target): Promise<Visit> {
  const browser = new InstallBrowser(world);
  const { kind, id } = kindAndId(target);
  return await browser.visit(await browser.followLink(new URL(link).pathname, choice(kind, id)));
}

/** The rows of a CSV file, as a spreadsheet reads them. */
export async function sheetOf(response: Response): Promise<Record<string, string>[]> {
  equal(response.status, 200);
  const bytes = new Uint8Array(await response.arrayBuffer());
  equal(
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, 3)),
    "\ufeff",
    "Excel reads it as UTF-8",
  );
  const { Sheets, SheetNames: [first = ""] } = read(bytes, { type: "array", raw: true });
  const sheet = Sheets[first];
  return sheet ? utils.sheet_to_json(sheet, { defval: "", raw: false }) : [];
}
