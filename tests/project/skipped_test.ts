import { equal, match } from "node:assert/strict";
import { ROOT } from "./root.ts";

Deno.test("without Chromium, Postgres and Redis the tests pass, and end by saying what was skipped and how to run it", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "tasks/test.ts", "--no-check", "tests/oauth/authorization_url_test.ts"],
      ...["tests/examples/kept_alive_test.ts", "tests/stores/redis/sweep_test.ts"],
      "tests/worker/customer/chromium_test.ts",
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", TEST_WITHOUT: "chromium,initdb,pg_ctl,pgbouncer,redis-server" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  equal(code, 0, text);
  const [, end = ""] = text.split("Skipped for want of a program.");
  match(end, /^ {2}tests in a browser: apt-get install .*chromium$/m);
  match(end, /^ {2}tests on a Postgres server: apt-get install .*postgresql$/m);
  match(end, /^ {2}tests on a Redis server: apt-get install .*redis-server$/m);
  match(end, /\n\d+ passed, 0 failed, \d+ skipped\n$/);
});
