import { type Browser, chromium } from "playwright-core";
import { chromiumAt } from "./programs.ts";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser without windows. */
export function launchChromium(): Promise<Browser> {
  const executablePath = chromiumAt();
  if (executablePath === undefined) throw new Error("There is no Chromium here.");
  return chromium.launch({ executablePath, args: ARGS });
}
