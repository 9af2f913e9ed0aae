import { LIMITS } from '../budget.ts';
import { differingFields, type Values } from '../fields.ts';
import type { Format, FormatResult, Walk } from '../format.ts';
import { numbered } from '../members.ts';
import { stringsNode } from '../strings.ts';
import type { InsideDiff, InsideField } from '../types.ts';
import { readElf, type Elf, type ElfSection } from './elf-reader.ts';

const STRINGS = 0x20;
/** Sections that hold text without saying so in their flags. */
const TEXTUAL =
  /^\.(rodata|comment|interp|modinfo|debug_str|debug_line_str|debug_line|dynstr|strtab|go\.buildinfo|data)(\.|$)/;
const BUILD_ID = '.note.gnu.build-id';
const GO_BUILD_ID = '.note.go.buildid';
const DEBUG_LINK = '.gnu_debuglink';

/** What gcc keeps for link-time optimisation: its sections end in a number that the object has at random. */
const LTO = /^(\.gnu\.(?:debug)?lto_.*)\.([0-9a-f]{1,16})$/;

/** Sections by name, without such a number. */
const byName = (sections: readonly ElfSection[]): Map<string, ElfSection> =>
  numbered(sections.map((section) => ({ ...section, name: LTO.exec(section.name)?.[1] ?? section.name })));

function printable(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[^\u0020-\u007e]/g, '.');
}

/** File name, NUL, padding to four bytes, CRC-32 as the machine keeps numbers. */
function debugLink(bytes: Buffer, little: boolean): string {
  const end = bytes.indexOf(0);
  if (end < 0 || bytes.length < 4) return bytes.toString('hex');
  const sum = little ? bytes.readUInt32LE(bytes.length - 4) : bytes.readUInt32BE(bytes.length - 4);
  return `${printable(bytes.subarray(0, end))} crc ${sum.toString(16).padStart(8, '0')}`;
}

/** What a section says in one value; null for all others. */
function valueOf(elf: Elf, section: ElfSection): [field: string, text: string] | null {
  switch (section.name) {
    case BUILD_ID:
      return ['build-id', elf.note(section)?.toString('hex') ?? ''];
    case GO_BUILD_ID:
      return ['go-build-id', printable(elf.note(section) ?? Buffer.alloc(0))];
    case DEBUG_LINK:
      return ['debuglink', debugLink(section.content(), elf.little)];
    default:
      return null;
  }
}

function headerValues(elf: Elf): Values {
  const values: Values = new Map(
    elf.header.map(([name, value, offset]) => [
      name,
      { text: name === 'entry' ? `0x${value.toString(16)}` : String(value), offset },
    ]),
  );
  for (const section of elf.sections) {
    const value = valueOf(elf, section);
    if (value !== null) values.set(value[0], { text: value[1], offset: section.offset });
    const id = LTO.exec(section.name)?.[2];
    if (id !== undefined && !values.has('lto-id')) values.set('lto-id', { text: id });
  }
  if (elf.sections.length > 0) return values;
  for (const [number, segment] of elf.segments.entries()) {
    const { type, flags, offset, fileSize, memorySize } = segment;
    values.set(`segment ${number}`, {
      text: `type ${type} flags ${flags} file ${fileSize} memory ${memorySize}`,
      offset,
    });
  }
  return values;
}

function sectionFields(a: ElfSection, b: ElfSection): InsideField[] {
  const values = ({ type, flags, size }: ElfSection): Values =>
    new Map([
      ['type', { text: String(type) }],
      ['flags', { text: `0x${flags.toString(16)}` }],
      ['size', { text: String(size) }],
    ]);
  return differingFields(values(a), values(b));
}

async function compareSection(a: ElfSection, b: ElfSection, walk: Walk): Promise<InsideDiff | null> {
  const fields = sectionFields(a, b);
  const [one, other] = [a.content(), b.content()];
  walk.spend(one.length + other.length);
  if (fields.length === 0 && one.equals(other)) return null;
  const textual = Math.floor(a.flags / STRINGS) % 2 === 1 || TEXTUAL.test(a.name);
  const content = one.equals(other)
    ? null
    : textual
      ? stringsNode('content', one, other, walk)
      : await walk.part('content', one, other);
  return walk.node('elf-section', a.name, { fields, children: content === null ? [] : [content] });
}

async function compareSections(a: Elf, b: Elf, walk: Walk): Promise<InsideDiff[]> {
  const [mapA, mapB] = [byName(a.sections), byName(b.sections)];
  const children: InsideDiff[] = [];
  const add = (node: InsideDiff | null): void => {
    if (node !== null) children.push(node);
  };
  for (const [name, one] of mapA) {
    if (children.length > LIMITS.children) break;
    const other = mapB.get(name);
    // What has been reported as a field is not reported again.
    if (other !== undefined && valueOf(a, one) !== null && one.size === other.size) continue;
    if (other === undefined) add(walk.node('elf-section', name, { change: 'removed' }));
    else add(await compareSection(one, other, walk));
  }
  for (const name of mapB.keys()) {
    if (!mapA.has(name)) add(walk.node('elf-section', name, { change: 'added' }));
  }
  return children;
}

async function compare(bytesA: Buffer, bytesB: Buffer, walk: Walk): Promise<FormatResult> {
  const [a, b] = [readElf(bytesA), readElf(bytesB)];
  return {
    fields: differingFields(headerValues(a), headerValues(b)),
    children: await compareSections(a, b, walk),
  };
}

export const elf: Format = {
  name: 'elf',
  detects: (bytes) => bytes.length >= 52 && bytes.readUInt32BE(0) === 0x7f454c46,
  compare,
};
