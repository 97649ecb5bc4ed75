import { deno } from "./deno.ts";
import { ROOT } from "./root.ts";
import assert from "node:assert/strict";

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  useUnknownInCatchVariables: true,
};

Deno.test("the core type-checks as a web page's code: without Deno's, Node's or Workers' types", async () => {
  await checkAsWeb(["mod.ts", "src/import/mod.ts", "src/sandbox/mod.ts"].map((entry) => `${ROOT}/${entry}`));
});

Deno.test("that check would find a call to a runtime", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/uses_deno.ts`,
      `export const home: unknown = Deno.env.get("HOME");\n`,
    );
    await assert.rejects(checkAsWeb([`${folder}/uses_deno.ts`]), /Cannot find name 'Deno'/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function checkAsWeb(entries: string[]): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const config = { compilerOptions: { ...STRICT, lib: ["esnext", "dom"], types: [] } };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    await deno(["check", "--no-lock", "--config", `${folder}/deno.json`, ...entries], { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
