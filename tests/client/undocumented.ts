/** The keys of `answer` that `schema` of an OpenAPI `document` does not have, as paths. */
export function undocumented(answer: unknown, schema: unknown, document: unknown, at = ""): string[] {
  const { $ref, anyOf, oneOf, properties = {}, items, additionalProperties } = Object(schema);
  if ($ref !== undefined) return undocumented(answer, at$ref($ref, document), document, at);
  const choices: readonly unknown[] = anyOf ?? oneOf ?? [];
  if (choices.length > 0) {
    const found = choices.map((choice) => undocumented(answer, choice, document, at));
    return found.toSorted((a, b) => a.length - b.length)[0] ?? [];
  }
  if (Array.isArray(answer)) {
    return answer.flatMap((item, index) => undocumented(item, items, document, `${at}[${index}]`));
  }
  if (typeof answer !== "object" || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) => {
    if (Object.hasOwn(properties, name)) {
      return undocumented(value, properties[name], document, `${at}.${name}`);
    }
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    return isOpen ? [] : [`${at}.${name}`];
  });
}

function at$ref(ref: string, document: unknown): unknown {
  return ref.replace("#/", "").split("/").reduce((node, name) => Object(node)[name], document);
}
