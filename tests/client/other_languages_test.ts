import assert from "node:assert/strict";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { programAt, skipped } from "../programs.ts";
import { importLost } from "../worker/calls.ts";
import { KEYS, SANDBOX_APP, startWorld, type WorkerWorld } from "../worker/worker_world.ts";

/** A language of docs/OTHER_LANGUAGES.md, and a program that uses what stands there. */
interface Language {
  readonly name: string;
  readonly program: string;
  readonly get: string;
  /** What the document calls its two blocks, here. */
  readonly files: readonly [string, string];
  readonly driver: readonly [file: string, text: string];
}

const LANGUAGES: readonly Language[] = [
  {
    name: "python",
    program: "python3",
    get: "apt-get install -y --no-install-recommends python3",
    files: ["reconnect.py", "contacts.py"],
    driver: [
      "driver.py",
      `
import json, os, threading, urllib.request
from reconnect import Reconnect, WorkerError

def told(url, key, what):
    try:
        return getattr(Reconnect(url, key, api), what)("nobody")
    except WorkerError as error:
        return [error.status, error.problem.get("code"), str(error)]

url, key, api, place = (os.environ[name] for name in ("RECONNECT_URL", "RECONNECT_KEY", "API", "LOCATION_ID"))
reconnect, path = Reconnect(url, key, api), "/contacts/?limit=1&locationId=" + place
threads = [threading.Thread(target=reconnect.token, args=(place,)) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
first = reconnect.call(place, path)
urllib.request.urlopen(api + "/__lose").read()
second = reconnect.call(place, path)
urllib.request.urlopen(api + "/__refuse").read()
third = reconnect.call(place, path)
print(json.dumps({
    "statuses": [first[0], second[0], third[0]],
    "health": reconnect.health(place), "created": reconnect.call(place, "/contacts/", "POST", {"locationId": place, "firstName": "Ann"})[0],
    "wrong": told(url, "wrong-key", "token"), "moved": told(url + "/moved", key, "health"), "page": told(url + "/page", key, "token"),
}))
`,
    ],
  },
  {
    name: "php",
    program: "php",
    get: "apt-get install -y --no-install-recommends php-cli",
    files: ["reconnect.php", "contacts.php"],
    driver: [
      "driver.php",
      `<?php
require 'reconnect.php';
function told(Reconnect $reconnect, string $what): array {
    try {
        return [$reconnect->$what('nobody')];
    } catch (WorkerError $error) {
        return [$error->status, $error->problem['code'] ?? null, $error->getMessage()];
    }
}
[$url, $key, $api, $place] = array_map('getenv', ['RECONNECT_URL', 'RECONNECT_KEY', 'API', 'LOCATION_ID']);
$reconnect = new Reconnect($url, $key, $api);
$path = "/contacts/?limit=1&locationId=$place";
$first = $reconnect->call($place, $path);
file_get_contents("$api/__lose");
$second = $reconnect->call($place, $path);
file_get_contents("$api/__refuse");
$third = $reconnect->call($place, $path);
echo json_encode([
    'statuses' => [$first[0], $second[0], $third[0]],
    'health' => $reconnect->health($place), 'created' => $reconnect->call($place, '/contacts/', 'POST', ['locationId' => $place, 'firstName' => 'Ann'])[0],
    'wrong' => told(new Reconnect($url, 'wrong-key', $api), 'token'),
    'moved' => told(new Reconnect("$url/moved", $key, $api), 'health'), 'page' => told(new Reconnect("$url/page", $key, $api), 'token'),
]);
`,
    ],
  },
];

Deno.test("what docs/OTHER_LANGUAGES.md shows works as it stands there", async (t) => {
  const text = await Deno.readTextFile(new URL("../../docs/OTHER_LANGUAGES.md", import.meta.url));
  const sandbox = createSandbox({ app: SANDBOX_APP });
  await using world = await startWorld({ sandbox });
  for (const language of LANGUAGES) {
    const program = programAt(language.program); // Debian's own: another one may come first in PATH
    if (!program) skipped(`the examples of docs/OTHER_LANGUAGES.md in ${language.name}`, language.get);
    await t.step({
      name: language.name,
      ignore: !program,
      fn: () => run({ ...language, program: program ?? "" }, text, world),
    });
  }
});

async function run(
  { name, program, files, driver }: Language,
  text: string,
  world: WorkerWorld,
): Promise<void> {
  const { sandbox } = world;
  const { locationId } = sandbox.addLocation({ installed: true });
  const gone = sandbox.addLocation().locationId;
  await importLost(world, { locationId: gone });
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${name}\\n([^]*?)^\`\`\`$`, "gm"))].map((
    [, block = ""],
  ) => block);
  assert.equal(blocks.length, 2);
  const folder = await Deno.makeTempDir();
  const asked: string[] = [];
  const worker = String(await world.miniflare.ready);
  let refuses = false;
  // In front of the worker: notes what is asked, and is something else below /moved and /page.
  await using front = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search.replace(/=.*/, "")}`);
    if (pathname.startsWith("/moved")) {
      return new Response(null, { status: 302, headers: { Location: `${highlevel}/__stolen` } });
    }
    if (pathname.startsWith("/page")) return new Response("<html>error code: 1101", { status: 500 });
    const { status, headers, body } = await fetch(worker.replace(/\/$/, "") + pathname + search, {
      headers: { Authorization: request.headers.get("authorization") ?? "" },
    });
    return new Response(body, { status, headers });
  });
  await using api = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/__stolen") asked.push("a key went elsewhere");
    if (pathname === "/__lose") sandbox.loseTokens();
    if (pathname === "/__refuse") refuses = true;
    if (pathname.startsWith("/__")) return new Response("");
    if (!refuses) return await sandbox.handler(request);
    refuses = false;
    return Response.json({ message: "Invalid JWT" }, { status: 401 });
  });
  const highlevel = `http://127.0.0.1:${api.addr.port}`;
  try {
    for (const [index, file] of files.entries()) {
      await Deno.writeTextFile(`${folder}/${file}`, blocks[index] ?? "");
    }
    await Deno.writeTextFile(`${folder}/${driver[0]}`, driver[1]);
    const start = async (file: string, place: string): Promise<string> => {
      const env = {
        RECONNECT_URL: `http://127.0.0.1:${front.addr.port}`,
        RECONNECT_KEY: KEYS.service,
        API: highlevel,
        LOCATION_ID: place,
      };
      const { stdout, stderr } = await new Deno.Command(program, { args: [file], cwd: folder, env }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout);
    };
    assert.match(
      await start(files[1], gone),
      /^424 reauthorization_required: .+ https:\/\/\S+\n$/,
      "a lost connection shows the link to click",
    );
    asked.length = 0;
    const { wrong, moved, page, ...found } = JSON.parse(await start(driver[0], locationId));
    assert.deepEqual(found, {
      statuses: [200, 200, 401],
      health: { action: "none" },
      created: 201,
    });
    assert.deepEqual([wrong.slice(0, 2), moved.slice(0, 2), page.slice(0, 2)], [[401, "wrong_key"], [
      302,
      null,
    ], [
      500,
      null,
    ]]);
    assert.ok(!JSON.stringify([wrong, moved, page]).includes(KEYS.service));
    const path = `/connections/location/${locationId}`;
    assert.deepEqual(asked, [
      `${path}/token`,
      `${path}/token?rejected`,
      `${path}/token?rejected`, // the same one again: it has just been replaced, so HighLevel's 401 is handed on
      `${path}/health`,
      "/connections/location/nobody/token",
      "/moved/connections/location/nobody/health",
      "/page/connections/location/nobody/token",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
