import { deepEqual, equal } from "node:assert/strict";
import {
  indexedText,
  searchQuery,
  searchWords,
  sortName,
} from "../../../src/worker/directory/search_text.ts";

/** Spellings that are one and the same to a search. */
const ALIKE: readonly (readonly [string, ...string[]])[] = [
  ["bright dental", "Bright DENTAL", "  bright,  (dental)! ", "Ｂｒｉｇｈｔ　Ｄｅｎｔａｌ"],
  ["cafe noel", "Café Noël", "Cafe\u0301 Noe\u0308l", "CAFÉ-NOËL"],
  ["한빛 치과", "한빛 치과".normalize("NFC"), "한빛 치과".normalize("NFD"), "한빛·치과"],
  ["strasse", "Straße", "STRASSE"],
  ["sorensen", "Sørensen", "SØRENSEN", "Sorensen"],
  ["lodz", "Łódź", "łódź"],
  ["istanbul", "İstanbul", "ISTANBUL"],
  ["σασ", "ΣΑΣ", "σας"],
  ["office", "o\ufb03ce", "of\u00adfice"],
];

Deno.test("a name is found however it is spelt: case, marks, width, ligatures, Korean composed or not", () => {
  for (const [plain, ...spellings] of ALIKE) {
    for (const spelling of spellings) equal(searchWords(spelling).join(" "), plain, JSON.stringify(spelling));
  }
});

Deno.test("every word is asked for, in any order, by its beginning", () => {
  equal(searchQuery("  Dental, BRIGHT dental"), '"dental"* AND "bright"*');
  equal(searchQuery('a"* OR (b'), '"a"* AND "or"* AND "b"*', "no word of the question is one of the index");
});

Deno.test("a question without a word finds nothing", () => {
  for (const text of ["", "  ", "!?", "—", "\u0301"]) {
    equal(searchQuery(text), undefined, JSON.stringify(text));
  }
});

Deno.test("the index keeps a word from each of its characters on, and ids whole", () => {
  deepEqual(indexedText("치과의원", ["L1"]).split(" "), ["l1", "치과의원", "과의원", "의원", "원"]);
  equal(indexedText("", ["AbC-9"]), "abc 9");
});

Deno.test("an endless name costs the index no more than a long one", () => {
  const size = indexedText("x1".repeat(5_000) + " " + "word ".repeat(5_000), []).length;
  equal(size < 8_000, true, `${size}`);
});

Deno.test("what has no name comes last", () => {
  deepEqual(["b", "Á", undefined, "하나"].map(sortName).toSorted(), ["a", "b", "하나", sortName(undefined)]);
});
