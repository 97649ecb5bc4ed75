/** What a door shows, read from `deno doc`: names, kinds, parameters and members. No types, no documentation. */

interface Param {
  readonly kind: string;
  readonly name?: string;
  readonly optional?: boolean;
  readonly left?: Param;
  readonly arg?: Param;
  readonly props?: readonly { readonly key?: string }[];
}

interface Member {
  readonly name: string;
  readonly optional?: boolean;
  readonly isStatic?: boolean;
  readonly accessibility?: string | null;
  readonly functionDef?: { readonly params: readonly Param[] };
  readonly params?: readonly Param[];
  readonly kind?: string;
}

interface Declaration {
  readonly kind: string;
  readonly declarationKind?: string;
  readonly def?: {
    readonly params?: readonly Param[];
    readonly constructors?: readonly { readonly params: readonly Param[] }[];
    readonly properties?: readonly Member[];
    readonly methods?: readonly Member[];
    readonly tsType?: { readonly kind?: string; readonly value?: unknown };
  };
}

interface DocumentedModule {
  readonly symbols: readonly { readonly name: string; readonly declarations: readonly Declaration[] }[];
}

/** One line per exported name of the module `file`, and an indented one per member, in the order of the alphabet. */
export async function surfaceOf(file: string, root: string): Promise<string[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", file],
    cwd: root,
    stderr: "null",
  }).output();
  if (!success) throw new Error(`deno doc ${file} failed`);
  const { nodes }: { nodes: Record<string, DocumentedModule> } = JSON.parse(new TextDecoder().decode(stdout));
  const module = Object.entries(nodes).find(([url]) => url.endsWith(`/${file.replace(/^\.\//, "")}`))?.[1];
  if (!module) throw new Error(`deno doc knows nothing of ${file}`);
  return module.symbols
    .toSorted((one, other) => one.name < other.name ? -1 : 1)
    .flatMap(({ name, declarations }) => declarations.flatMap((declaration) => lines(name, declaration)));
}

function lines(name: string, { kind, def = {} }: Declaration): string[] {
  if (kind === "function") return [`function ${name}${paramsOf(def.params)}`];
  const made = (def.constructors ?? []).map(({ params }) => `  new${paramsOf(params)}`);
  const members = [...def.properties ?? [], ...def.methods ?? []]
    .filter(({ accessibility }) => accessibility !== "private")
    .map((member) => {
      const params = member.functionDef?.params ?? (member.kind === "method" ? member.params : undefined);
      const mark = member.optional ? "?" : "";
      return `  ${member.isStatic ? "static " : ""}${member.name}${mark}${params ? paramsOf(params) : ""}`;
    });
  return [`${kind} ${name}`, ...made, ...members.sort()];
}

function paramsOf(params: readonly Param[] = []): string {
  return `(${params.map(paramOf).join(", ")})`;
}

function paramOf({ kind, name, optional, left, arg, props }: Param): string {
  if (left) return `${paramOf(left)}?`;
  if (arg) return `...${paramOf(arg)}`;
  const text = kind === "object"
    ? `{ ${(props ?? []).map(({ key = "…" }) => key).join(", ")} }`
    : `${name ?? kind}`;
  return optional ? `${text}?` : text;
}
