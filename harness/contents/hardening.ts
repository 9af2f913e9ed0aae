import { compareText } from '../model/text-order.ts';
import { nameText } from '../oci/names.ts';
import { readElf, type Elf } from '../inside/formats/elf-reader.ts';

/** What a program or library was built with against being attacked, as its headers show; null where they do not tell. */
export interface Hardening {
  /** A program that can be loaded at any address; null for a library, which always can. */
  pie: boolean | null;
  /** Relocations are read-only once it runs: all (`full`, with immediate binding) or those before the PLT (`partial`). */
  relro: 'full' | 'partial' | 'none';
  /** The stack cannot be executed. */
  nx: boolean;
  /** Functions check their stack: it needs `__stack_chk_fail`. Null where it has no symbols that would tell. */
  canary: boolean | null;
  /** Calls of libc that know the size of what they write to: `__memcpy_chk`. Null as above. */
  fortify: boolean | null;
  /** Folders that the loader searches first, as DT_RPATH or DT_RUNPATH has them; null for none. */
  rpath: string | null;
}

/** Of an image: how many, and of how many each holds. */
export interface HardeningTable {
  programs: number;
  libraries: number;
  pie: number;
  fullRelro: number;
  nx: number;
  canary: number;
  fortify: number;
  /** Those that lack something, or search folders of their own: path and what; sorted. */
  lacking: { path: string; lacks: string[] }[];
}

/** ELF gABI and the extensions of GNU (elf.h). */
const TYPE = { executable: 2, shared: 3 } as const;
const SEGMENT = { dynamic: 2, interpreter: 3, stack: 0x6474e551, relro: 0x6474e552 } as const;
const SECTION = { symbols: 2, dynamicSymbols: 11 } as const;
const TAG = { rpath: 15, bindNow: 24, runPath: 29, flags: 30, flags1: 0x6ffffffb } as const;
const [BIND_NOW, NOW, PIE, EXECUTE] = [0x8, 0x1, 0x08000000, 0x1];

/** How a program or library was hardened; null for an object file, a core dump, or what cannot be read. */
export function hardeningOf(content: Buffer): Hardening | null {
  try {
    const elf = readElf(content);
    const type = elf.header.find(([name]) => name === 'type')?.[1];
    if (type !== TYPE.executable && type !== TYPE.shared) return null;
    return hardeningIn(elf, content, type);
  } catch {
    return null;
  }
}

function hardeningIn(elf: Elf, content: Buffer, type: number): Hardening {
  const { segments, sections } = elf;
  const tags = dynamicTags(elf, content);
  const has = (tag: number, bit: number): boolean => ((tags.get(tag)?.[0] ?? 0) & bit) !== 0;
  const stack = segments.find((segment) => segment.type === SEGMENT.stack);
  const isProgram =
    type === TYPE.executable ||
    has(TAG.flags1, PIE) ||
    segments.some((segment) => segment.type === SEGMENT.interpreter);
  const now = tags.has(TAG.bindNow) || has(TAG.flags, BIND_NOW) || has(TAG.flags1, NOW);
  const hasRelro = segments.some((segment) => segment.type === SEGMENT.relro);
  // What is linked statically has no PLT to bind later.
  const binds = tags.size > 0;
  const names = symbolNames(elf);
  const strings = sections.find(({ name }) => name === '.dynstr')?.content() ?? Buffer.alloc(0);
  const paths = [...(tags.get(TAG.rpath) ?? []), ...(tags.get(TAG.runPath) ?? [])].map((at) =>
    strings.toString('latin1', at, Math.max(at, strings.indexOf(0, at))),
  );
  return {
    pie: isProgram ? type === TYPE.shared : null,
    relro: hasRelro ? (now || !binds ? 'full' : 'partial') : 'none',
    nx: stack !== undefined && (stack.flags & EXECUTE) === 0,
    canary: names === null ? null : /\0__stack_chk_fail(?:_local)?\0/.test(names),
    fortify: names === null ? null : /\0__\w+_chk\0/.test(names),
    rpath: paths.length === 0 ? null : paths.join(':'),
  };
}

/** The table of an image, for comparing releases. @param items by path in the image */
export function hardeningTable(items: Iterable<readonly [path: string, Hardening]>): HardeningTable {
  const all = [...items];
  const count = (holds: (item: Hardening) => boolean): number => all.filter(([, item]) => holds(item)).length;
  const libraries = count(({ pie }) => pie === null);
  return {
    programs: all.length - libraries,
    libraries,
    pie: count(({ pie }) => pie === true),
    fullRelro: count(({ relro }) => relro === 'full'),
    nx: count(({ nx }) => nx),
    canary: count(({ canary }) => canary === true),
    fortify: count(({ fortify }) => fortify === true),
    lacking: all
      .map(([path, item]) => ({ path, lacks: lacksOf(item) }))
      .filter(({ lacks }) => lacks.length > 0)
      .toSorted((a, b) => compareText(a.path, b.path)),
  };
}

function lacksOf({ pie, relro, nx, canary, rpath }: Hardening): string[] {
  return [
    ...(pie === false ? ['PIE'] : []),
    ...(relro === 'full' ? [] : [relro === 'none' ? 'RELRO' : 'full RELRO']),
    ...(nx ? [] : ['NX']),
    ...(canary === false ? ['stack protector'] : []),
    ...(rpath === null ? [] : [`searches ${nameText(rpath)}`]),
  ];
}

/** Values by tag; a tag may stand several times. */
function dynamicTags({ segments, header }: Elf, content: Buffer): Map<number, number[]> {
  const tags = new Map<number, number[]>();
  const dynamic = segments.find(({ type }) => type === SEGMENT.dynamic);
  if (dynamic === undefined) return tags;
  const wide = header.some(([name, value]) => name === 'class' && value === 64);
  const little = header.some(([name, value]) => name === 'data' && value === 1);
  const bytes = content.subarray(dynamic.offset, dynamic.offset + dynamic.fileSize);
  const size = wide ? 8 : 4;
  const number = (at: number): number => {
    if (!wide) return little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  };
  for (let at = 0; at + 2 * size <= bytes.length; at += 2 * size) {
    const tag = number(at);
    if (tag === 0) break;
    tags.set(tag, [...(tags.get(tag) ?? []), number(at + size)]);
  }
  return tags;
}

/** Names of all symbols, each between NULs; null where nothing is left of them. */
function symbolNames({ sections }: Elf): string | null {
  const isTable = ({ type }: { type: number }): boolean =>
    type === SECTION.symbols || type === SECTION.dynamicSymbols;
  if (!sections.some(isTable)) return null;
  // One of each: a file may claim any number that cover all of it.
  return ['.dynstr', '.strtab']
    .map(
      (table) =>
        sections
          .find(({ name }) => name === table)
          ?.content()
          .toString('latin1') ?? '',
    )
    .join('\0');
}
