import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { elf, note, type TestSection } from '../../testing/inside/elf.ts';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

const base: TestSection[] = [
  { name: '.text', content: Buffer.from([0x90, 0x90, 0, 0xc3]) },
  { name: '.comment', content: Buffer.from('GCC: (Debian) 12.2.0\0'), flags: 0x30 },
  { name: '.note.gnu.build-id', content: note('GNU', Buffer.from('aabbccdd', 'hex')), type: 7 },
  { name: '.gnu_debuglink', content: Buffer.from('x.debug\0\x01\x02\x03\x04', 'latin1') },
  { name: '.debug_str', content: Buffer.from('/build/one\0main\0'), flags: 0x30 },
];

const changed = (name: string, change: Partial<TestSection>): TestSection[] =>
  base.map((section) => (section.name === name ? { ...section, ...change } : section));

describe('elf', () => {
  it('names the build-id', async () => {
    const other = { content: note('GNU', Buffer.from('aabbccde', 'hex')) };
    const node = await expectReported(elf(base), elf(changed('.note.gnu.build-id', other)), ['elf build-id']);
    expect(node?.fields[0]).toMatchObject({ a: 'aabbccdd', b: 'aabbccde' });
  });

  it('names the debug link', async () => {
    const other = { content: Buffer.from('x.debug\0\x01\x02\x03\x05', 'latin1') };
    const node = await expectReported(elf(base), elf(changed('.gnu_debuglink', other)), ['elf debuglink']);
    expect(node?.fields[0]).toMatchObject({ a: 'x.debug crc 04030201', b: 'x.debug crc 05030201' });
  });

  it('takes a number that an object has at random for no part of the names of its sections', async () => {
    const object = (id: string, content: string): Buffer =>
      elf([...base, { name: `.gnu.lto_.inline.${id}`, content: Buffer.from(content) }]);
    const node = await look(object('38ca6edf6e192ca4', 'abc'), object('1417b6dc93505e7d', 'abc'));
    expect(node?.fields).toEqual([
      { field: 'lto-id', offset: null, a: '38ca6edf6e192ca4', b: '1417b6dc93505e7d' },
    ]);
    const other = await look(object('38ca6edf6e192ca4', 'abc'), object('1417b6dc93505e7d', 'abd'));
    expect(other?.children.map(({ part }) => part)).toContain('.gnu.lto_.inline');
  });

  it('shows texts of a section', async () => {
    const other = { content: Buffer.from('/build/two\0main\0') };
    const node = await expectReported(elf(base), elf(changed('.debug_str', other)), [
      'elf/elf-section:.debug_str/strings:content diff',
      'elf/elf-section:.debug_str/strings:content bytes',
    ]);
    expect(node?.children[0]?.children[0]?.diff).toContain('-/build/one\n+/build/two\n');
  });

  it('shows code as bytes, with its size where that differs', async () => {
    const patched = { content: Buffer.from([0x90, 0x91, 0, 0xc3]) };
    await expectReported(elf(base), elf(changed('.text', patched)), [
      'elf/elf-section:.text/bytes:content bytes',
    ]);
    const longer = { content: Buffer.from([0x90, 0x90, 0, 0xc3, 0xc3]) };
    expect(reported(await look(elf(base), elf(changed('.text', longer))))).toContain(
      'elf/elf-section:.text size',
    );
  });

  it('names sections that only one has', async () => {
    const extra = [...base, { name: '.extra', content: Buffer.from([1]) }];
    expect(reported(await look(elf(base), elf(extra)))).toEqual(
      expect.arrayContaining(['elf/elf-section:.extra added']),
    );
  });

  it('looks into compressed sections', async () => {
    const compressed = (text: string): TestSection[] => {
      const header = Buffer.alloc(24);
      header.writeUInt32LE(1, 0);
      return changed('.debug_str', { content: Buffer.concat([header, deflateSync(text)]), flags: 0x830 });
    };
    expect(reported(await look(elf(compressed('/build/one\0')), elf(compressed('/build/two\0'))))).toEqual(
      expect.arrayContaining(['elf/elf-section:.debug_str/strings:content diff']),
    );
  });

  it.each([
    { wide: true, little: false },
    { wide: false, little: true },
    { wide: false, little: false },
  ])('reads $wide $little', async (kind) => {
    const make = (id: string): Buffer => {
      const content = note('GNU', Buffer.from(id, 'hex'), kind.little);
      return elf(changed('.note.gnu.build-id', { content }), kind);
    };
    await expectReported(make('aa00bb00'), make('aa00bb01'), ['elf build-id']);
  });

  it('stops at sections that lie over each other without end', async () => {
    const big = (byte: number): Buffer => {
      const sections = Array.from({ length: 3000 }, (_, at) => ({
        name: `s${at}`,
        content: Buffer.alloc(0),
      }));
      const bytes = elf([{ name: 'all', content: Buffer.alloc(2 ** 20, byte) }, ...sections]);
      // Each section header claims the whole megabyte.
      const table = Number(bytes.readBigUInt64LE(40));
      for (let at = 2; at < 3002; at++) {
        bytes.writeBigUInt64LE(64n, table + at * 64 + 24);
        bytes.writeBigUInt64LE(BigInt(2 ** 20), table + at * 64 + 32);
      }
      return bytes;
    };
    expect(await look(big(1), big(2))).toMatchObject({ limits: ['time'] });
  });
});
