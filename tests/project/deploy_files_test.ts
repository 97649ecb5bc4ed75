import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { WorkerEnv } from "../../src/worker/env.ts";
import { readSettings } from "../../src/worker/settings.ts";
import { settingSchemas } from "../../src/worker/settings/setting_schemas.ts";
import { ROOT } from "./root.ts";

/*
 * What the "Deploy to Cloudflare" button reads: `.dev.vars.example` (it asks for every setting there that is not commented out),
 * package.json (what it installs and runs), and wrangler.toml (tests/worker/environments_test.ts).
 */

interface Example {
  readonly name: string;
  readonly value: string;
  readonly isAsked: boolean;
  /** The lines of words above it. */
  readonly words: string;
}

async function examples(): Promise<Example[]> {
  const found: Example[] = [];
  let words = "";
  for (const line of (await Deno.readTextFile(`${ROOT}/.dev.vars.example`)).split("\n")) {
    const [, hash, name, value] = /^(# )?([A-Z_]+)="(.*)"$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      found.push({ name, value, isAsked: hash === undefined, words });
      words = "";
    } else words = line.startsWith("# ") ? words + line.slice(2) + "\n" : "";
  }
  return found;
}

Deno.test(".dev.vars.example has every setting, and above each a line that says what it is", async () => {
  const all = await examples();
  deepEqual(all.map(({ name }) => name).sort(), Object.keys(settingSchemas).sort());
  for (const { name, words } of all) match(words, /\w+ \w+/, `${name} has no line above it`);
});

Deno.test("what the button asks for is enough, and nothing is served by whoever leaves it empty", async () => {
  const asked = (await examples()).filter(({ isAsked }) => isAsked);
  for (const { name, value } of asked) {
    if (name !== "HIGHLEVEL_SCOPES") equal(value, "", `${name} has a value that somebody would deploy`);
  }
  const binding = {};
  const bindings = ["TOKENS", "CONNECTIONS", "JOBS", "DIRECTORY", "RECOVERIES"].map((
    name,
  ) => [name, binding]);
  const problemsWith = (values: readonly Example[]): readonly string[] => {
    const env: object = Object.fromEntries([...bindings, ...values.map(({ name, value }) => [name, value])]);
    const isEnv = (given: object): given is WorkerEnv => "TOKENS" in given;
    ok(isEnv(env));
    const result = readSettings(env);
    return result.ok ? [] : result.problems;
  };
  const missing = problemsWith(asked);
  deepEqual(missing.map((problem) => problem.replace(/ is missing.*/, "")), [
    "HIGHLEVEL_CLIENT_ID",
    "HIGHLEVEL_CLIENT_SECRET",
    "SEALING_KEYS",
    "ADMIN_KEY",
  ]);
  const given: Record<string, string> = {
    HIGHLEVEL_CLIENT_ID: "6637aef4b7c0e85d3b1f9d77-example1",
    HIGHLEVEL_CLIENT_SECRET: "a-client-secret",
    HIGHLEVEL_REDIRECT_URI: "https://worker.example/oauth/callback",
    SEALING_KEYS: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ADMIN_KEY: "admin-key-0123456789",
  };
  deepEqual(problemsWith(asked.map((one) => ({ ...one, value: given[one.name] ?? one.value }))), []);
});

Deno.test("package.json installs what the worker imports, in the versions of deno.json, and describes what is asked for", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const manifest = JSON.parse(await Deno.readTextFile(`${ROOT}/package.json`));
  const { dependencies, devDependencies, private: isPrivate } = manifest;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    equal(imports[name], `npm:${name}@${version}`);
  }
  deepEqual(await importedBy(`${ROOT}/src/worker`), Object.keys(dependencies).sort());
  equal(isPrivate, true, "the package that is published is made by `deno task npm`");
  const asked = (await examples()).filter(({ isAsked }) => isAsked).map(({ name }) => name);
  deepEqual(Object.keys(manifest.cloudflare.bindings), asked);
  for (const { description } of Object.values<{ description: string }>(manifest.cloudflare.bindings)) {
    match(description, /^[A-Z].+\.$/);
  }
});

/** Packages that the files below `folder` import, but for types. */
async function importedBy(folder: string): Promise<string[]> {
  const names = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const found of await importedBy(path)) names.add(found); }
    else if (/\.tsx?$/.test(name)) {
      const text = await Deno.readTextFile(path);
      for (const [, isType, from = ""] of text.matchAll(/^import (type )?[^;]*?from "([^."][^"]*)"/gms)) {
        if (!isType && !from.startsWith("cloudflare:")) names.add(from.split("/")[0] ?? "");
      }
    }
  }
  return [...names].sort();
}
