import assert from "node:assert/strict";
import { cliWorld, csvOf } from "./cli_world.ts";
import { runnerFor } from "./worker_runner.ts";

/** A server that gives every request the same answer. */
function stranger(answer: () => Response): AsyncDisposable & { readonly url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const STRANGERS: Readonly<Record<string, () => Response>> = {
  "200 and a page": () => new Response("<h1>Welcome</h1>", { headers: { "Content-Type": "text/html" } }),
  "200 and an empty object": () => Response.json({}),
  "200 and a word": () => Response.json({ ok: true, outcome: "fine", connections: "none" }),
  "202 and nothing": () => new Response(null, { status: 202 }),
  "404 and a page": () => new Response("<h1>Nothing here</h1>", { status: 404 }),
};

const STRANGE = /http:\/\/127\.0\.0\.1:\d+ does not answer as the worker does/;

for (const [name, answer] of Object.entries(STRANGERS)) {
  Deno.test(`no command believes a server that answers everything with ${name}`, async () => {
    await using world = cliWorld({ locations: 60 });
    await using server = stranger(answer);
    const run = runnerFor(world, server.url, "any");
    const [locationId = ""] = world.sandbox.locationIds();
    world.write("ids.csv", csvOf(world.sandbox.locationIds()));
    world.write("tokens.json", JSON.stringify(world.sandbox.install({ locationId })));

    const recovered = await run(["recover", "--file", "ids.csv"]);
    assert.equal(recovered.code, 1);
    assert.match(recovered.out, /: 0 recovered, \d+ failed/);
    assert.match(recovered.out, STRANGE);
    assert.match(
      (await run(["import", "tokens.json"])).out,
      /^failed +location .* does not answer as the worker/,
    );
    const forced = await run(["import", "tokens.json", "--force"]);
    assert.deepEqual([forced.code, STRANGE.test(forced.out)], [1, true], forced.out);
    for (
      const args of [
        ["list"],
        ["forget", "--location", locationId],
        ["recover", "--location", locationId, "--dry-run"],
        ["recover", "--status", "broken"],
        ["token", "--location", locationId],
      ]
    ) {
      const { code, out, err } = await run(args);
      assert.equal(code, 1, `${args.join(" ")}: ${out}${err}`);
      assert.match(err, STRANGE, args.join(" "));
      assert.ok(!/imported|Forgot|Nothing was/.test(out), out);
    }
  });
}

for (const status of [409, 424]) {
  Deno.test(`a page with status ${status} is no recovery of the worker's`, async () => {
    await using world = cliWorld();
    await using server = stranger(() => new Response("<h1>No</h1>", { status }));
    const { code, out } = await runnerFor(world, server.url, "any")(["recover", "--location", "aaa"]);
    assert.equal(code, 1);
    assert.match(out, /^failed +location aaa/);
  });
}
