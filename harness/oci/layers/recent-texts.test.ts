import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentTexts } from './recent-texts.ts';
import type { EntryRecord } from './records.ts';

const record = (position: number): EntryRecord => ({ layer: 0, position }) as EntryRecord;

describe('RecentTexts', () => {
  it('gives back what was kept last, whole, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 60 }), (sizes) => {
        const texts = new RecentTexts(250);
        const contents = sizes.map((size, at) => Buffer.alloc(size, at + 1));
        for (const [at, content] of contents.entries()) {
          texts.keep(record(at), content);
          expect(texts.get(0, at)).toEqual(content);
          // Never more than fits, never a torn one, and never a newer one gone before an older one.
          const there = contents.slice(0, at + 1).map((_, one) => texts.get(0, one));
          const oldest = there.findIndex((one) => one !== null);
          expect(there.slice(oldest)).toEqual(contents.slice(oldest, at + 1));
        }
      }),
    );
  });
});
