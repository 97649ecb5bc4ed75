/** Languages of the dashboard by their code, with what each calls itself. */
export const LANGUAGES: ReadonlyMap<string, string> = new Map([["en", "English"], ["ko", "한국어"]]);

/**
 * The language of a reader: the one chosen here, else the first of the browser's that is known, else English;
 * and the locale for dates and numbers: the browser's of that language, with its region.
 */
export function readerOf(
  chosen: string | undefined,
  acceptLanguage: string | undefined,
): { readonly language: string; readonly locale: string } {
  const tags = preferences(acceptLanguage ?? "");
  const codes = [chosen ?? "", ...tags.map(codeOf)];
  const language = codes.find((code) => LANGUAGES.has(code)) ?? "en";
  const locale = tags.find((tag) => codeOf(tag) === language) ?? language;
  return { language, locale };
}

function codeOf(tag: string): string {
  return tag.split("-", 1)[0] ?? "";
}

/** Language tags of an `Accept-Language` header, the dearest first; what is no tag is left out. */
function preferences(header: string): string[] {
  return header.split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const weight = parameters.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find(Boolean);
      return { tag, weight: Number(weight ?? 1) };
    })
    .filter(({ tag, weight }) => weight > 0 && /^[a-z]{2}(-[a-z]{4})?(-[a-z]{2})?$/.test(tag))
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
