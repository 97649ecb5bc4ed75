/*
 * Programs of the machine that some tests need, such as a browser or a server. Where one is missing its tests are skipped, and
 * say so; `TEST_WITHOUT=chromium,redis-server` takes them as missing.
 */

/** Where Debian puts what is not in everybody's PATH. */
const FOLDERS = ["18", "17", "16", "15", "14"].map((version) => `/usr/lib/postgresql/${version}/bin`)
  .concat("/usr/bin", "/usr/sbin", (Deno.env.get("PATH") ?? "").split(":"));
const WITHOUT: readonly string[] = (Deno.env.get("TEST_WITHOUT") ?? "").split(",");
/** What Chromium is called, by system; first the one that draws no windows, whose pages cost a quarter of the time. */
const BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** Where the program `name` is; `undefined` where it is not installed. */
export function programAt(name: string): string | undefined {
  if (WITHOUT.includes(name)) return undefined;
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** What a test says that is skipped for want of a program, and how to get it; `tasks/test.ts` repeats it at the end. */
export function skipped(what: string, how: string): void {
  console.log(`SKIPPED: ${what}: ${how}`);
}

/** Where Chromium is; `undefined`, said aloud, where there is none. */
export function chromiumAt(): string | undefined {
  const path = WITHOUT.includes("chromium") ? undefined : BROWSERS.map(programAt).find(Boolean);
  if (path === undefined) {
    skipped("tests in a browser", "apt-get install -y --no-install-recommends chromium");
  }
  return path;
}
