import { ok } from "node:assert/strict";
import { bundled } from "../bench/size/bundle.ts";
import { ROOT } from "../project/root.ts";

/** The examples of the worker's door define Durable Objects, whose class only workerd has: they run over an empty one. */
const ALIAS = {
  "@reconnect/highlevel/worker": `${ROOT}/src/worker/define.ts`,
  "cloudflare:workers": `${ROOT}/tests/bench/worker/cloudflare_stub.ts`,
};

for (const file of ["src/worker/define.ts", "src/worker/connections_of.ts"]) {
  Deno.test(`the examples in ${file} run`, async () => {
    const text = await Deno.readTextFile(`${ROOT}/${file}`);
    const examples = [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) =>
      code.replace(/^ \* ?/gm, "")
    );
    ok(examples.length > 0);
    for (const source of examples) {
      const code = await bundled({ source, alias: ALIAS });
      await import(`data:text/javascript;base64,${code.toBase64()}`);
    }
  });
}
