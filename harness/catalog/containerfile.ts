/** The image that a Containerfile begins with, and the line that says so, counted from 1. */
export interface BaseImage {
  reference: string;
  line: number;
}

/**
 * The first image in a Containerfile that is neither `scratch` nor an earlier stage, with the defaults of `ARG`s
 * before it put in (Containerfile(5), FROM and ARG). What no default is known for stays as written.
 * @returns null where there is none
 */
export function firstImage(text: string): BaseImage | null {
  const defaults = new Map<string, string>();
  const stages = new Set<string>(['scratch']);
  for (const { line, text: instruction } of instructionsOf(text)) {
    const arg = /^ARG\s+([A-Za-z_][A-Za-z0-9_]*)=(\S*)/i.exec(instruction);
    // Only those before the first FROM are known to every FROM.
    if (arg?.[1] !== undefined && stages.size === 1) defaults.set(arg[1], unquoted(arg[2] ?? ''));
    const from = /^FROM\s+(?:--[a-z]+=\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(instruction);
    if (from?.[1] === undefined) continue;
    const reference = expand(unquoted(from[1]), defaults);
    if (!stages.has(reference.toLowerCase())) return { reference, line };
    stages.add((from[2] ?? '').toLowerCase());
  }
  return null;
}

/** Instructions with lines that end in a backslash joined, without comments. */
function* instructionsOf(text: string): Generator<{ line: number; text: string }, void> {
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
