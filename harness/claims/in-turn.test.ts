import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

const isApart = (claim: string): boolean => claim.startsWith('apart');

async function log(claims: string[], milliseconds: Record<string, number>): Promise<[string[], string[]]> {
  const events: string[] = [];
  const results: string[] = [];
  const check = async (claim: string): Promise<string> => {
    events.push(`${claim} begins`);
    await setTimeout(milliseconds[claim] ?? 0);
    events.push(`${claim} ends`);
    return claim;
  };
  for await (const result of inTurn(claims, { isApart, check })) results.push(result);
  return [events, results];
}

test('what has machines of its own is begun after the first, and reported in its place', async () => {
  const [events, results] = await log(['first', 'second', 'apart', 'third'], { second: 20, apart: 200 });
  expect(results).toEqual(['first', 'second', 'apart', 'third']);
  expect(events).toEqual([
    ...['first begins', 'first ends', 'apart begins', 'second begins'],
    ...['second ends', 'apart ends', 'third begins', 'third ends'],
  ]);
});

test('each is checked once, wherever it stands', async () => {
  for (const claims of [['apart'], ['apart', 'second'], ['first', 'apart', 'apart-too']]) {
    const [events, results] = await log(claims, {});
    expect(results).toEqual(claims);
    expect(events.filter((event) => event.endsWith('begins'))).toHaveLength(claims.length);
  }
});

test('an error comes in its turn, and nowhere else', async () => {
  const seen: string[] = [];
  const check = async (claim: string): Promise<string> => {
    if (claim === 'apart') throw new Error('broken');
    await setTimeout(20);
    return claim;
  };
  const run = async (): Promise<void> => {
    for await (const result of inTurn(['first', 'second', 'apart', 'third'], { isApart, check }))
      seen.push(result);
  };
  await expect(run()).rejects.toThrow('broken');
  expect(seen).toEqual(['first', 'second']);
});
