import { chromium } from "./chromium.ts";
import { bun, deno, node, oldestNode } from "./command_line.ts";
import { edgeRuntime } from "./edge_runtime.ts";
import type { Runtime } from "./runtime.ts";
import { workerd } from "./workerd.ts";

/** Every runtime the core is made for. */
export const RUNTIMES: readonly Runtime[] = [deno, oldestNode, node, bun, workerd, edgeRuntime, chromium];
