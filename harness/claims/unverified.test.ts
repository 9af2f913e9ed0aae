import { describe, expect, test } from 'vitest';
import { unsizedNote, unverified } from './unverified.ts';

const inputs = (count: number): Parameters<typeof unverified>[0] => ({
  folder: '/x',
  files: 9,
  bytes: 1,
  unverified: Array.from({ length: count }, (_, i) => ({ file: `f${i}`, why: 'the lock has no checksum' })),
  unsized: count,
});

describe('a subject that was built from files which nothing proves', () => {
  test('has no verdict, and the cell says which they are', () => {
    expect(unverified(inputs(0))).toBeNull();
    const message = '1 of 9 locked files were not verified: f0 (the lock has no checksum)';
    expect(unverified(inputs(1))).toMatchObject({
      verdict: 'error',
      summary: message,
      error: { code: 'input-unverified', message },
    });
    expect(unverified(inputs(7))?.summary).toMatch(/^7 of 9 .*f4 \(the lock has no checksum\) and 2 more$/);
  });

  test('without a size is only told', () => {
    expect(unsizedNote(inputs(0))).toBe('');
    expect(unsizedNote(inputs(2))).toBe('; the lock gives no size for 2');
  });
});
