import { workerHost } from "../../client/host.ts";
import { openBackend } from "../backend/open_backend.ts";
import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import { WORDS } from "../words/words.ts";
import type { CheckName, Finding } from "../doctor/finding.ts";
import { checkStore } from "../doctor/store_checks.ts";
import { checkWorker } from "../doctor/worker_checks.ts";
import { addCommand } from "../help_text.ts";
import { appFrom, type CommonFlags, readSettings, required } from "../settings.ts";
import { columnsFor } from "../terminal/columns.ts";
import type { Output } from "../terminal/output.ts";
import { paint } from "../terminal/paint.ts";
import { padded, textWidth } from "../terminal/text_width.ts";

/** Adds `doctor`, which looks whether all is ready, before the emergency. */
export function addDoctor(program: Command, { words, output, finish }: Host): void {
  withCommonFlags(addCommand(program, "doctor", words.help.doctor), words)
    .action(async (flags: CommonFlags) => finish(await doctor(flags, output(flags))));
}

const COLORS = { ok: "green", hint: "yellow", look: "red" } as const;

async function doctor(flags: CommonFlags, output: Output): Promise<number> {
  const { words: { health }, color, printWidth } = output;
  const { results, checks, ...say } = health.doctor;
  const widths = [results, checks].map((texts) => Math.max(...Object.values(texts).map(textWidth)));
  const [wide = 0] = widths;
  const table = columnsFor([...widths, 20].map((width) => ({ title: "", width })), printWidth);
  const counts = { ok: 0, hint: 0, look: 0 };
  const looked = new Set<CheckName>();
  for await (const { check, result, say: told, facts } of findings(flags, output)) {
    counts[result]++;
    looked.add(check);
    output.emit({ type: "check", check, result, ...facts, text: told(WORDS.en) });
    if (!output.json) {
      const mark = paint(padded(results[result], wide), COLORS[result], color);
      output.print(table.row([mark, checks[check], told(output.words)]));
    }
  }
  const asked = askedBy(flags, looked, say.ask);
  output.note(asked.length > 0 ? `${say.asked(asked)} ${say.nothingSpent}` : say.askedNothing);
  output.print(counts.look > 0 ? say.looks(counts.look) : say.well(counts.hint));
  output.emit({ type: "summary", ...counts, asked: askedBy(flags, looked, WORDS.en.health.doctor.ask) });
  return counts.look > 0 ? 1 : 0;
}

async function* findings(flags: CommonFlags, output: Output): AsyncGenerator<Finding, void, undefined> {
  if (flags.worker === undefined) return yield* checkStore(flags);
  const key = required(readSettings(flags.envFile), "HIGHLEVEL_WORKER_KEY");
  const backend = await openBackend(flags, output);
  try {
    yield* checkWorker(workerHost({ url: flags.worker, key }), flags.worker, backend);
  } finally {
    backend.close();
  }
}

/** Who was asked what, by what was looked at. */
function askedBy(
  flags: CommonFlags,
  looked: ReadonlySet<CheckName>,
  ask: Output["words"]["health"]["doctor"]["ask"],
): string[] {
  if (flags.worker !== undefined) {
    return ["/healthz", "/readyz", "/metrics", "/connections"].map(ask.worker);
  }
  if (!looked.has("highlevel")) return [];
  const { baseUrl = "https://services.leadconnectorhq.com" } = appFrom(readSettings(flags.envFile), flags);
  return [ask.token(baseUrl), ...looked.has("reconnect") ? [ask.reconnect(baseUrl)] : []];
}
