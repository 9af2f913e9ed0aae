import { inflateSync } from 'node:zlib';
import { z } from 'zod';
import { readElf } from '../../inside/formats/elf-reader.ts';
import type { Evidence, LanguagePackage } from './types.ts';

const ELF = Buffer.from('\x7fELF', 'latin1');
/** Of a section that the linker of Go writes (debug/buildinfo). */
const GO = Buffer.from('\xff Go buildinf:', 'latin1');
/** Of a section that cargo-auditable writes. */
const RUST = '.dep-v0';
/** What both expand to at most. */
const MAX_BYTES = 32 * 2 ** 20;

/** Stands for the ecosystem of a program that does not tell what it was made of. */
export const NO_ECOSYSTEM = 'none';

export const isElf = (content: Buffer): boolean => content.subarray(0, ELF.length).equals(ELF);

/** What a program or library (ELF) says that it was made of. */
export function programEvidence(content: Buffer): Evidence {
  const unknown = (ecosystem: string): Evidence => ({ ecosystem, packages: [], complete: false });
  if (content.includes(GO)) return goEvidence(content) ?? unknown('Go');
  if (content.includes(RUST)) return rustEvidence(content) ?? unknown('crates.io');
  // rustc leaves the folder of its standard library in messages.
  return unknown(content.includes('/rustc/', 0, 'latin1') ? 'crates.io' : NO_ECOSYSTEM);
}

function sectionOf(content: Buffer, name: string): Buffer | null {
  try {
    return (
      readElf(content)
        .sections.find((section) => section.name === name)
        ?.content() ?? null
    );
  } catch {
    return null;
  }
}

/** Go 1.18 and later write the texts themselves; earlier ones where they are in memory, which is not followed. */
function goEvidence(content: Buffer): Evidence | null {
  const section = sectionOf(content, '.go.buildinfo') ?? content.subarray(content.indexOf(GO));
  if (!section.subarray(0, GO.length).equals(GO) || ((section[15] ?? 0) & 2) === 0) return null;
  const version = textAt(section, 32);
  const listed = version === null ? null : textAt(section, version.end);
  if (version === null || listed === null) return null;
  const [, go] = /^go(\d\S*)/.exec(version.text) ?? [];
  // A mark of 16 bytes stands before and after.
  const told = listed.text.slice(16, -16);
  if (go === undefined) return null;
  const modules = goModules(told);
  const stdlib = { ecosystem: 'Go', name: 'stdlib', version: go.replace(/(?<=\d)(?=rc|beta)/, '-') };
  // What was built without modules, as Debian builds Go, does not say what it was built from.
  return { ecosystem: 'Go', packages: [stdlib, ...modules], complete: modules.length > 0 };
}

/** Length (unsigned LEB128), then the text. */
function textAt(bytes: Buffer, start: number): { text: string; end: number } | null {
  let [length, at] = [0, start];
  for (let shift = 0; ; shift += 7, at += 1) {
    const byte = bytes[at];
    if (byte === undefined || shift > 28) return null;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const end = at + 1 + length;
  if (end > bytes.length || length > MAX_BYTES) return null;
  return { text: bytes.toString('latin1', at + 1, end), end };
}

/** Lines `mod`, `dep` and, for what replaces the one before, `=>`. */
function goModules(told: string): LanguagePackage[] {
  const found: LanguagePackage[] = [];
  for (const line of told.split('\n')) {
    const [kind = '', name = '', version = ''] = line.split('\t');
    if (!['mod', 'dep', '=>'].includes(kind) || name === '') continue;
    if (kind === '=>') found.pop();
    found.push({ ecosystem: 'Go', name, version });
  }
  return found;
}

const AUDIT = z.object({
  packages: z.array(z.object({ name: z.string(), version: z.string(), kind: z.string().optional() })),
});

/** JSON, compressed with zlib. Crates that only the build used are not in the program. */
function rustEvidence(content: Buffer): Evidence | null {
  const section = sectionOf(content, RUST);
  if (section === null) return null;
  try {
    const value: unknown = JSON.parse(inflateSync(section, { maxOutputLength: MAX_BYTES }).toString('utf8'));
    const { packages } = AUDIT.parse(value);
    const found = packages
      .filter(({ kind }) => kind !== 'build')
      .map(({ name, version }) => ({ ecosystem: 'crates.io', name, version }));
    return found.length === 0 ? null : { ecosystem: 'crates.io', packages: found, complete: true };
  } catch {
    return null;
  }
}
