import { equal, match, notEqual, ok } from "node:assert/strict";
import { generateSealingKey } from "../../mod.ts";
import { openText, sealText } from "../../src/worker/http/sealed_text.ts";

const [first, second] = [generateSealingKey(), generateSealingKey()];
const TEXT = `{"locationId":"l1C08ntBrFjLS0elLIYU","name":"서울 미소 치과"}`;

Deno.test("what is sealed opens under any of the keys, for its own purpose, and fits into a URL", async () => {
  const sealed = await sealText([first], "a page", TEXT);
  match(sealed, /^[\w-]+$/);
  equal(await openText([first], "a page", sealed), TEXT);
  equal(await openText([second, first], "a page", sealed), TEXT, "after a new key was put in front");
  equal(await openText([second], "a page", sealed), undefined);
  equal(await openText([first], "another page", sealed), undefined);
  equal(await openText([], "a page", sealed), undefined);
  notEqual(await sealText([first], "a page", TEXT), sealed);
});

Deno.test("what was altered, cut or made up does not open", async () => {
  const sealed = await sealText([first], "a page", TEXT);
  for (let at = 0; at < sealed.length - 1; at += 7) {
    const other = sealed[at] === "A" ? "B" : "A";
    const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
    equal(await openText([first], "a page", altered), undefined, `${at}`);
    equal(await openText([first], "a page", sealed.slice(0, at)), undefined);
  }
  for (const made of ["", "A", "====", "!", "AAAA", "A".repeat(100)]) {
    equal(await openText([first], "a page", made), undefined, made);
  }
  ok(!atob(sealed.replaceAll("-", "+").replaceAll("_", "/")).includes("locationId"));
});
