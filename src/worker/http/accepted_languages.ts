/** Language tags of an `Accept-Language` header, the dearest first; what is no tag is left out. */
export function acceptedLanguages(header: string): string[] {
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

/** The language of a tag: `en` of `en-gb`. */
export function languageOf(tag: string): string {
  return tag.split("-", 1)[0] ?? "";
}
