import axe from "axe-core";
import type { Page } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong with a page, one line each. */
export async function axeProblems(page: Page): Promise<string[]> {
  // By the debugger's way in: the page's own policy would refuse the script.
  await page.evaluate(axe.source);
  return await page.evaluate<string[]>(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(
    ({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, html.slice(0, 160), failureSummary].join(" "))
    )
  )`);
}
