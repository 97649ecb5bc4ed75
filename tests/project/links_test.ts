import { deepEqual, ok } from "node:assert/strict";
import { ROOT } from "./root.ts";

/** Texts that people read in the repository. */
const FOLDERS = [".", "docs", "examples", "examples/banner", ".github"];

/** The anchors of a text's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of text.replace(/```[^]*?```/g, "").matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*`]/g, "");
    const slug = plain.toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

Deno.test("no link of a text leads to a file or a heading that is not there", async () => {
  const broken: string[] = [];
  let count = 0;
  for (const folder of FOLDERS) {
    for (const { name } of Deno.readDirSync(`${ROOT}/${folder}`)) {
      if (!name.endsWith(".md")) continue;
      const path = `${ROOT}/${folder}/${name}`;
      const text = await Deno.readTextFile(path);
      const links = text.replace(/```[^]*?```/g, "").matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g);
      for (const [, link = ""] of links) {
        count++;
        const [file = "", anchor] = link.split("#", 2);
        const target = file === "" ? path : `${ROOT}/${folder}/${file}`;
        const found = await Deno.stat(target).catch(() => undefined);
        if (!found) broken.push(`${folder}/${name}: ${link}`);
        else if (anchor !== undefined && target.endsWith(".md")) {
          const anchors = anchorsOf(await Deno.readTextFile(target));
          if (!anchors.has(decodeURIComponent(anchor))) broken.push(`${folder}/${name}: ${link}`);
        }
      }
    }
  }
  deepEqual(broken, []);
  ok(count > 60, `${count} links were looked at`);
});

Deno.test("a heading's anchor is made as GitHub makes it", () => {
  const text =
    "# A domain, and Cloudflare Access\n## `$URL` & more\n## 직접 보기\n## More\n## More\n```\n# no heading\n```\n";
  deepEqual([...anchorsOf(text)], [
    "a-domain-and-cloudflare-access",
    "url--more",
    "직접-보기",
    "more",
    "more-1",
  ]);
});
