import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { run } from './run.ts';

const memoryOf = async (more: string): Promise<number> => {
  const script = `held=$(head -c 60000000 /dev/zero | tr '\\0' a); ${more}; : "$held"`;
  const { memory, exit } = await run({ argv: ['sh', '-c', script], folder: tmpdir() });
  expect(exit).toBe(0);
  return memory;
};

test('the memory of a child that is no other program yet is that of its parent, and counts once', async () => {
  const alone = await memoryOf('sleep 0.5');
  expect(alone).toBeGreaterThan(50);
  // A subshell is a fork(2) without exec(3).
  const forked = await memoryOf('(sleep 0.5; :) & (sleep 0.5; :) & (sleep 0.5; :) & wait');
  expect(forked).toBeLessThan(1.5 * alone);
});
