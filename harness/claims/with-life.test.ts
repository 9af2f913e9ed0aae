import { expect, test } from 'vitest';
import { Life } from '../boot/system/life.ts';
import type { UnderTest } from '../boot/system/under-test.ts';
import type { Finding } from './types.ts';
import { withLife } from './with-life.ts';

const life = new Life();
const under = { system: { life } } as unknown as UnderTest;
const found: Finding = { verdict: 'pass', summary: '', detail: { own: 1 }, evidence: [] };

/** What the details say happened while a claim was checked. */
async function during(happens: () => void, asks = true): Promise<unknown> {
  const context = { system: () => Promise.resolve(under) };
  const { detail } = await withLife(context, async ({ system }) => {
    if (asks) await system();
    happens();
    return found;
  });
  expect(detail.own).toBe(1);
  return (detail.life as { machine: number; what: string; text: string }[] | undefined)?.map(
    ({ machine, what, text }) => [machine, what, text],
  );
}

test('each event is reported once, by the claim in which it happened, or the next one that asks for a machine', async () => {
  const note = life.machine();
  const other = life.machine();
  note('started', 'before');
  expect(await during(() => note('up', 'running'))).toEqual([
    [1, 'started', 'before'],
    [1, 'up', 'running'],
  ]);
  expect(await during(() => undefined)).toBe(undefined);
  expect(await during(() => other('started'), false)).toBe(undefined);
  expect(await during(() => note('rewound'))).toEqual([
    [2, 'started', ''],
    [1, 'rewound', ''],
  ]);
});

test('times go on, and there is a bound', () => {
  const own = new Life();
  const note = own.machine();
  for (let at = 0; at < 2000; at += 1) note('offered', 'x'.repeat(1000));
  expect(own.events).toHaveLength(1000);
  expect(own.events.at(-1)?.text).toHaveLength(200);
  const times = own.events.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
