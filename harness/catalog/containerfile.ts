/** An image that a Containerfile names, and the line that does so, counted from 1. */
export interface BaseImage {
  reference: string;
  line: number;
}

export interface NamedImage extends BaseImage {
  /** A stage begins with it and has no instruction of its own. */
  bare: boolean;
}

/**
 * The first image in a Containerfile that is neither `scratch` nor an earlier stage, with the defaults of `ARG`s
 * before it put in (Containerfile(5), FROM and ARG). What no default is known for stays as written.
 * @returns null where there is none
 */
export function firstImage(text: string): BaseImage | null {
  const [first] = imagesOf(text, {}).filter(({ from, reference }) => from && !TRANSPORT.test(reference));
  return first === undefined ? null : { reference: first.reference, line: first.line };
}

/** What buildah opens as a file or finds in a store (containers-transports(5)); such an image needs no engine. */
const TRANSPORT = /^(oci|oci-archive|docker-archive|dir|containers-storage|docker-daemon|sif|tarball):/;

/**
 * Every image that a build takes from outside: those of `FROM`, `COPY --from`, `ADD --from` and `RUN --mount=from=`
 * that are no earlier stage, no `scratch` and no file. Each reference once, where it stands first.
 * @param buildArgs win over the defaults of `ARG`s before the first `FROM`
 */
export function namedImages(text: string, buildArgs: Record<string, string>): NamedImage[] {
  const found = new Map<string, NamedImage>();
  for (const { reference, line, bare } of imagesOf(text, buildArgs)) {
    if (TRANSPORT.test(reference)) continue;
    const known = found.get(reference);
    found.set(reference, { reference, line: known?.line ?? line, bare: bare || (known?.bare ?? false) });
  }
  return [...found.values()];
}

/** Images that are files of the context, or become such by an earlier stage: nothing can be pulled for them. */
const IN_CONTEXT = /^(?:oci|oci-archive|docker-archive|dir):/;

/** The stages that begin with a file of the context, as `FROM oci-archive:out.ociarchive` does. */
export function contextImages(text: string, buildArgs: Record<string, string>): BaseImage[] {
  return imagesOf(text, buildArgs)
    .filter(({ reference }) => IN_CONTEXT.test(reference))
    .map(({ reference, line }) => ({ reference, line }));
}

function imagesOf(text: string, buildArgs: Record<string, string>): (NamedImage & { from: boolean })[] {
  const defaults = new Map(Object.entries(buildArgs));
  const stages = new Set<string>(['scratch']);
  const found: (NamedImage & { from: boolean })[] = [];
  let stage: { bare: boolean } = { bare: false };
  let count = 0;
  for (const { line, text: instruction } of instructionsOf(text)) {
    const arg = /^ARG\s+([A-Za-z_][A-Za-z0-9_]*)=(\S*)/i.exec(instruction);
    // Only those before the first FROM are known to every FROM.
    if (arg?.[1] !== undefined && count === 0 && !(arg[1] in buildArgs))
      defaults.set(arg[1], unquoted(arg[2] ?? ''));
    const from = /^FROM\s+(?:--[a-z]+=\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(instruction);
    if (from?.[1] !== undefined) {
      const reference = expand(unquoted(from[1]), defaults);
      const image = { reference, line, bare: true, from: true };
      stage = image;
      if (!stages.has(reference.toLowerCase())) found.push(image);
      stages.add((from[2] ?? String(count)).toLowerCase()).add(String(count));
      count += 1;
      continue;
    }
    stage.bare = false;
    for (const reference of otherImages(instruction)) {
      if (!stages.has(reference.toLowerCase())) found.push({ reference, line, bare: false, from: false });
    }
  }
  return found;
}

/** Images or stages that an instruction copies from or mounts. */
function otherImages(instruction: string): string[] {
  const keyword = /^(COPY|ADD|RUN)\s/i.exec(instruction)?.[1]?.toUpperCase();
  if (keyword === undefined) return [];
  const flags = /^\S+((?:\s+--\S+)*)/.exec(instruction)?.[1] ?? '';
  const pattern = keyword === 'RUN' ? /--mount=(?:\S*,)?from=([^\s,]+)/g : /--from=(\S+)/g;
  return [...flags.matchAll(pattern)].map(([, reference = '']) => unquoted(reference));
}

export interface Instruction {
  /** Where it begins, counted from 1. */
  line: number;
  text: string;
}

/** Instructions with lines that end in a backslash joined, without comments. */
export function* instructionsOf(text: string): Generator<Instruction, void> {
  let open: { line: number; parts: string[] } | null = null;
  for (const [i, raw] of text.split('\n').entries()) {
    const part = raw.trim();
    if (part.startsWith('#') || (part === '' && open === null)) continue;
    open ??= { line: i + 1, parts: [] };
    open.parts.push(part.replace(/\\$/, ''));
    if (part.endsWith('\\')) continue;
    yield { line: open.line, text: open.parts.join(' ') };
    open = null;
  }
  if (open !== null) yield { line: open.line, text: open.parts.join(' ') };
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

function expand(text: string, defaults: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (written, braced: string | undefined, otherwise: string | undefined, bare: string | undefined) =>
      defaults.get(braced ?? bare ?? '') ?? otherwise ?? written,
  );
}
