/** A language, its script and its region; variants and extensions behind them say nothing here. */
const TAG = /^([a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?)(?:-[a-z\d]{1,8})*$/;

/** Language tags of an `Accept-Language` header (RFC 9110), the dearest first; what is no tag is left out. */
export function acceptedLanguages(header: string): string[] {
  return header.split(",")
    .map((part) => {
      const [text = "", ...parameters] = part.toLowerCase().split(";").map((one) => one.trim());
      const weight = parameters.map((one) => /^q=([\d.]+)$/.exec(one)?.[1]).find(Boolean);
      return { tag: TAG.exec(text)?.[1] ?? "", weight: Number(weight ?? 1) };
    })
    .filter(({ tag, weight }) => weight > 0 && tag !== "")
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}

/** The language of a tag: `en` of `en-gb`. */
export function languageOf(tag: string): string {
  return tag.split("-", 1)[0] ?? "";
}
