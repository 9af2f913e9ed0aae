import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsoleLog } from './console-log.ts';

test('a log keeps its beginning and its end, and counts what is between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 30 }),
      (pieces, limit) => {
        const log = new ConsoleLog(limit);
        for (const piece of pieces) log.push(Buffer.from(piece));
        const all = Buffer.concat(pieces);
        const kept = log.bytes();
        expect(log.size).toBe(all.length);
        expect(log.dropped).toBe(Math.max(0, all.length - 2 * limit));
        expect(kept.subarray(0, limit)).toEqual(all.subarray(0, limit));
        if (log.dropped > 0) expect(kept.subarray(-limit)).toEqual(all.subarray(-limit));
        else expect(kept).toEqual(all);
      },
    ),
  );
});

test('a flood takes no more memory than the limits', () => {
  const log = new ConsoleLog(1000);
  const piece = Buffer.alloc(999, 'x');
  for (let count = 0; count < 5000; count += 1) log.push(piece);
  expect(log.size).toBe(999 * 5000);
  expect(log.bytes().length).toBeLessThan(2100);
});
