import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PathTable, ROOT } from './path-table.ts';

const name = fc
  .uint8Array({ minLength: 1, maxLength: 9 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x2f ? 0x30 : byte))).toString('latin1'))
  .filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

it('gives each path one number, which is above that of its directory, and its text back', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 40 }), (paths) => {
      const table = new PathTable();
      const numbers = new Map(paths.map((text) => [text, table.addPath(text)]));
      const size = table.size;
      expect(new Set(numbers.values()).size).toBe(numbers.size);
      for (const [text, number] of numbers) {
        expect([table.addPath(text), table.findPath(text), table.text(number)]).toEqual([
          number,
          number,
          text,
        ]);
        expect(table.directory(number)).toBeLessThan(number);
        expect(table.findPath(`${text}/not there`)).toBe(-1);
      }
      expect(table.size).toBe(size);
    }),
  );
});

it('has the root, and finds all of many names again', () => {
  const table = new PathTable();
  expect([table.addPath('.'), table.findPath('.'), table.text(ROOT)]).toEqual([ROOT, ROOT, '.']);
  const texts = Array.from({ length: 50_000 }, (_, at) => `d${at % 7}/${'n'.repeat(at % 13)}${at}`);
  const numbers = texts.map((text) => table.addPath(text));
  expect(texts.map((text) => table.findPath(text))).toEqual(numbers);
  expect(numbers.map((number) => table.text(number))).toEqual(texts);
  expect(table.size).toBe(1 + 7 + texts.length);
});
