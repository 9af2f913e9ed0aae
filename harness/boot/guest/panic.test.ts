import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { stuckInPanic } from './panic.ts';

const LINE = '[    6.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n';

function watched(grace: number) {
  const console = new PassThrough();
  const stop = new AbortController();
  return { console, stop, stuck: stuckInPanic(console, { grace, signal: stop.signal }) };
}

describe('a kernel that panicked', () => {
  test.each([1, 7, LINE.length])(
    'and stays like that is told of, printed %i bytes at a time',
    async (length) => {
      const { console, stuck } = watched(0.01);
      for (let at = 0; at < LINE.length; at += length) console.write(LINE.slice(at, at + length));
      expect(await stuck).toBe(true);
    },
  );

  test('and whose machine ends or answers in time is not', async () => {
    const { console, stop, stuck } = watched(60);
    console.write(LINE);
    await setTimeout(10);
    stop.abort();
    expect(await stuck).toBe(false);
  });

  test('is not seen where there was none', async () => {
    const { console, stop, stuck } = watched(0);
    console.write('[    0.1] Kernel command line: panic=1\r\n');
    await setTimeout(10);
    stop.abort();
    expect(await stuck).toBe(false);
    expect(console.listenerCount('data')).toBe(0);
  });
});
