import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentFiles } from './recent-files.ts';
import type { EntryRecord } from './records.ts';

const record = (position: number, size: number): EntryRecord => ({ layer: 0, position, size }) as EntryRecord;

describe('RecentFiles', () => {
  it('gives back what was kept last, whole, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 60 }), (sizes) => {
        const files = new RecentFiles(250);
        const contents = sizes.map((size, at) => Buffer.alloc(size, at + 1));
        for (const [at, content] of contents.entries()) {
          const room = files.room(record(at, content.length)) ?? Buffer.alloc(0);
          content.copy(room);
          files.keep(record(at, content.length), room);
          expect(files.get(0, at)).toEqual(content);
          // Never more than fits, never a torn one, and never a newer one gone before an older one.
          const there = contents.slice(0, at + 1).map((_, one) => files.get(0, one));
          const oldest = there.findIndex((one) => one !== null);
          expect(there.slice(oldest)).toEqual(contents.slice(oldest, at + 1));
        }
      }),
    );
  });
});
