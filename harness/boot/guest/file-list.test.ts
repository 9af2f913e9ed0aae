import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differingFiles, parseFileList } from './file-list.ts';
import { sha256Hex } from '../../model/digest.ts';

const hex = (text: string): string => sha256Hex(text);
const binary = (text: string): string => Buffer.from(hex(text), 'hex').toString('latin1');

describe('a list of files', () => {
  test('is read whatever bytes the names have', () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (one) => one.toString('latin1') }), (names) => {
        const bytes = Buffer.concat(
          names.flatMap((one) => [Buffer.from(`${hex('x')}  `), one, Buffer.from('\0')]),
        );
        const files = parseFileList(bytes);
        expect([...(files ?? [])]).toEqual(names.map((one) => [one.toString('latin1'), binary('x')]));
      }),
    );
  });

  test.each(['x', `${hex('x')} usr/a`, `\\${hex('x')}  usr/a`, `${hex('x').toUpperCase()}  usr/a`])(
    'is not %j',
    (text) => {
      expect(parseFileList(Buffer.from(`${text}\0`))).toBeNull();
    },
  );

  test('is compared by path and content', () => {
    const image = new Map([
      ['usr/a', '1'],
      ['usr/b', '2'],
      ['usr/c', '3'],
    ]);
    const guest = new Map([
      ['usr/a', '1'],
      ['usr/b', 'x'],
      ['usr/d', '4'],
    ]);
    expect(differingFiles(image, guest)).toEqual([
      { path: 'usr/b', what: 'changed' },
      { path: 'usr/c', what: 'missing' },
      { path: 'usr/d', what: 'added' },
    ]);
    expect(differingFiles(image, image)).toEqual([]);
  });
});
