import { programAt, skipped } from "../programs.ts";
import { run } from "../stores/servers/servers.ts";

/** One number as Prometheus's parser read it. */
export interface Parsed {
  /** Its name, with the suffix. */
  readonly name: string;
  /** Its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The number. */
  readonly value: number;
}

/** Debian's own, which has Debian's packages; another may come first in PATH. */
const PYTHON = "/usr/bin/python3";
const PARSE = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
print(json.dumps([{"name": s.name, "labels": s.labels, "value": s.value}
  for family in families(sys.stdin.read()) for s in family.samples]))
`;

/** What Debian's `python3-prometheus-client` reads in `text`; throws where that is no OpenMetrics, `undefined` where it is missing. */
export async function promParsed(text: string): Promise<Parsed[] | undefined> {
  try {
    if (programAt("python3") === undefined) throw new Error("there is no Python");
    await run(PYTHON, "-c", "import prometheus_client.openmetrics.parser");
  } catch {
    return void skipped(
      "the check of /metrics by Prometheus's parser",
      "apt-get install -y --no-install-recommends python3-prometheus-client",
    );
  }
  const child = new Deno.Command(PYTHON, {
    args: ["-c", PARSE],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).slice(-500));
  return JSON.parse(new TextDecoder().decode(stdout));
}
