import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplyReader } from './replies.ts';

const header = (id: number, status: number, stdout: Buffer, stderr: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`\x1enonce ${id} ${status} ${stdout.length} ${stderr.length}\n`),
    stdout,
    stderr,
  ]);

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
/** What else may be printed between replies. */
const noise = fc.string({ unit: 'grapheme-ascii' }).map((text) => Buffer.from(`${text}\r\n`));
const reply = fc.record({ id: fc.nat(), status: fc.nat(255), stdout: bytes, stderr: bytes });

describe('replies of a guest', () => {
  test('come out whole, whatever bytes they hold, however they are cut, among other output', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, reply)), fc.array(fc.nat(50)), (parts, cuts) => {
        const all = Buffer.concat(
          parts.flatMap(([before, { id, status, stdout, stderr }]) => [
            before,
            header(id, status, stdout, stderr),
          ]),
        );
        const reader = new ReplyReader('nonce', 1000);
        const got = [];
        let at = 0;
        for (const cut of [...cuts, all.length]) {
          got.push(...reader.push(all.subarray(at, at + cut)));
          at += cut;
        }
        expect(got).toEqual(parts.map(([, one]) => ({ kind: 'done', ...one })));
      }),
    );
  });

  test('with another nonce are no replies', () => {
    const reader = new ReplyReader('nonce', 1000);
    expect(reader.push(Buffer.from('\x1eother ready\n\x1enonce ready\n'))).toEqual([{ kind: 'ready' }]);
  });

  test.each([
    ['is larger than was allowed', '\x1enonce 1 0 900 101\n'],
    ['has no form', '\x1enonce 1 0 x 3\n'],
    ['lacks a number', '\x1enonce 1 0 3\n'],
    ['has a negative size', '\x1enonce 1 0 -3 0\n'],
  ])('are refused when one %s', (_what, text) => {
    const reader = new ReplyReader('nonce', 1000);
    expect(() => reader.push(Buffer.from(text))).toThrow(/no command runs in the guest/);
  });

  test('are not looked for without end', () => {
    const reader = new ReplyReader('nonce', 1000);
    const piece = Buffer.alloc(2 ** 16, '\x1e');
    expect(() => {
      for (let count = 0; count < 20; count += 1) reader.push(piece);
    }).toThrow('something else');
  });

  test('never make it throw anything but our own error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bytes, noise, fc.constant(Buffer.from('\x1enonce 1 2 3 4\n')))),
        (pieces) => {
          const reader = new ReplyReader('nonce', 1000);
          try {
            for (const piece of pieces) reader.push(piece);
          } catch (error) {
            expect((error as Error).name).toBe('TwinproofError');
          }
        },
      ),
    );
  });
});
