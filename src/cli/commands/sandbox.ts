import { writeFileSync } from "node:fs";
import { createSandbox, type Sandbox } from "../../sandbox/mod.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { parsersIn } from "../common_flags.ts";
import { isOtherFile } from "../files/write_whole.ts";
import { addCommand } from "../help_text.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { type LoopbackServer, serveOnLoopback } from "../serve_on_loopback.ts";
import type { Output } from "../terminal/output.ts";
import { reasonOf } from "../settings.ts";
import { UsageError } from "../usage_error.ts";

interface SandboxFlags {
  readonly port: number;
  readonly connections: number;
  readonly writeIds?: string;
  readonly paused: number;
  readonly uninstalled: number;
  readonly latency: number;
  readonly reconnect: boolean;
  readonly refreshWindow: boolean;
  readonly missingScope?: string;
}

/** Adds `sandbox`, which serves HighLevel in miniature with lost connections to try recovery on. */
export function addSandbox(program: Command, { words, output, finish }: Host): void {
  const { sandbox: help } = words.help;
  const { wholeNumber } = parsersIn(words);
  addCommand(program, "sandbox", help)
    .option("--port <port>", help.port, wholeNumber(0, 65_535), 8790)
    .option("--connections <n>", help.connections, wholeNumber(1, 1_000_000), 100)
    .option("--write-ids <path>", help.writeIds)
    .option("--paused <n>", help.paused, wholeNumber(0, 1_000_000), 0)
    .option("--uninstalled <n>", help.uninstalled, wholeNumber(0, 1_000_000), 0)
    .option("--latency <ms>", help.latency, wholeNumber(0, 60_000), 0)
    .option("--no-reconnect", help.noReconnect)
    .option("--no-refresh-window", help.noRefreshWindow)
    .option("--missing-scope <scope>", help.missingScope)
    .action(async (flags: SandboxFlags) => finish(await serveSandbox(flags, output({}))));
}

async function serveSandbox(flags: SandboxFlags, output: Output): Promise<number> {
  const sandbox = createSandbox({
    latencyMs: flags.latency,
    companies: [{ locations: flags.connections }],
    ...!flags.refreshWindow && { refreshWindowMs: 0 },
  });
  const { clientId, clientSecret, redirectUri, scope } = sandbox.app;
  if (flags.missingScope !== undefined) takeScope(sandbox, flags.missingScope);
  const ids = sandbox.locationIds();
  if (flags.paused + flags.uninstalled > ids.length) {
    throw new UsageError(({ usage }) => usage.sandboxCounts);
  }
  for (const id of ids.slice(0, flags.paused)) sandbox.pause(id);
  for (const locationId of ids.slice(flags.paused, flags.paused + flags.uninstalled)) {
    sandbox.uninstall({ locationId });
  }
  if (!flags.reconnect) sandbox.removeReconnect();
  if (flags.writeIds !== undefined) writeIds(flags.writeIds, sandbox);

  const server = await serve(flags.port, sandbox);
  const stop = Promise.withResolvers<void>();
  const interrupt = listenForInterrupt(() => stop.resolve());
  const file = flags.writeIds ?? "ids.csv";
  const { words } = output;
  const url = `http://127.0.0.1:${server.port}`;
  const [company = ""] = sandbox.companyIds();
  const remark = (text: string): void => text.split("\n").forEach((line) => output.print(`# ${line}`));
  remark(words.sandbox({ url, count: ids.length, company }));
  // Lines that a shell takes as they are.
  output.write(`export HIGHLEVEL_BASE_URL='${url}'
export HIGHLEVEL_CLIENT_ID='${clientId}'
export HIGHLEVEL_CLIENT_SECRET='${clientSecret}'
export HIGHLEVEL_REDIRECT_URI='${redirectUri}'
export HIGHLEVEL_SCOPES='${scope}'`);
  remark(words.sandboxThen);
  const hint = flags.writeIds === undefined ? `    ${words.sandboxIds}` : "";
  output.write(`#   highlevel-reconnect recover --file ${file}${hint}
#   highlevel-reconnect reconcile --company ${company}
#   highlevel-reconnect token --location ${ids.at(-1)}`);
  await stop.promise;
  interrupt.release();
  server.close();
  return 0;
}

/** The app goes on asking for the scope; its tokens do not have it. */
function takeScope(sandbox: Sandbox, missing: string): void {
  const scopes = sandbox.app.scope.split(" ");
  if (!scopes.includes(missing)) {
    throw new UsageError(({ usage }) => usage.sandboxScope(missing, scopes.join(", ")));
  }
  sandbox.setScope(scopes.filter((scope) => scope !== missing).join(" "));
}

async function serve(port: number, sandbox: Sandbox): Promise<LoopbackServer> {
  try {
    return await serveOnLoopback(port, sandbox.handler);
  } catch (error) {
    throw new UsageError(({ usage }) => usage.port(port, reasonOf(error)));
  }
}

function writeIds(path: string, sandbox: Sandbox): void {
  let isOther = false;
  try {
    isOther = isOtherFile(path, "locationId\n");
    if (!isOther) writeFileSync(path, ["locationId", ...sandbox.locationIds(), ""].join("\n"));
  } catch (error) {
    throw new UsageError(({ usage }) => usage.writeIds(path, reasonOf(error)));
  }
  if (isOther) throw new UsageError(({ usage }) => usage.noIds(path));
}
