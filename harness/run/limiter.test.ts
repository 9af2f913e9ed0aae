import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Limiter } from './limiter.ts';

test('never lets more in than its width, and lets everyone in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      async (width, fails) => {
        const limiter = new Limiter(width);
        let inside = 0;
        let most = 0;
        const work = fails.map((failing) =>
          limiter.run(async () => {
            inside += 1;
            most = Math.max(most, inside);
            await Promise.resolve();
            inside -= 1;
            if (failing) throw new Error('failed');
          }),
        );
        const ended = await Promise.allSettled(work);
        expect(ended.map(({ status }) => status === 'rejected')).toEqual(fails);
        expect(most).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test('once it is stopped nobody gets in, and those who waited are told', async () => {
  const limiter = new Limiter(1);
  const first = Promise.withResolvers<string>();
  const working = limiter.run(() => first.promise);
  const waiting = limiter.run(() => Promise.resolve('in'));
  limiter.stop();
  await expect(waiting).rejects.toThrow('being ended');
  await expect(limiter.run(() => Promise.resolve('in'))).rejects.toThrow('being ended');
  first.resolve('done');
  expect(await working).toBe('done');
});
