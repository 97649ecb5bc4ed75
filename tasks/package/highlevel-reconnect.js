#!/usr/bin/env node
// The command of the npm package, for Node and Bun. Written so that an old Node understands it far enough to say what it lacks.
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `highlevel-reconnect needs Node 22.13 or later, Bun or Deno. This is Node ${process.versions.node}.`,
  );
  process.exit(2);
}

// Node calls its SQLite experimental at every start: nothing that who runs this could do anything about.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (!/^SQLite is an experimental feature/.test(String(warning))) {
    emitWarning.call(process, warning, ...rest);
  }
};

const { main } = await import("../src/cli/main.js");
process.exit(await main(process.argv.slice(2)));
