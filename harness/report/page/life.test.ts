import { expect, test } from 'vitest';
import { cell } from '../../testing/record/run.ts';
import { lifeView } from './life-view.ts';
import { lanesOf, lifeOf, stepOf } from './life.ts';
import type { PageRow } from './model.ts';

const row = (details: Record<string, object[]>): PageRow => ({
  ...{ subject: 'os/default@linux/amd64', image: 'os', variant: 'default', platform: 'linux/amd64' },
  cells: new Map(
    Object.entries(details).map(([claim, life]) => {
      const result = cell('os/default@linux/amd64', 'pass', { claim, detail: { life } as never });
      return [claim, { result } as never];
    }),
  ),
});
const event = (machine: number, at: number, what: string, text = ''): object => ({ machine, at, what, text });

const LIFE = {
  boots: [event(1, 0, 'started'), event(1, 60, 'up', 'running')],
  tampered: [event(1, 70, 'offered', 'a <b>changed</b> release'), event(1, 71, 'rewound')],
  update: [event(1, 90, 'shut down'), event(1, 100, 'started'), event(1, 130, 'not up', 'panic')],
  identity: [event(2, 95, 'started')],
};

test('events of all claims are one life, and each machine has a lane', () => {
  const events = lifeOf(row(LIFE));
  expect(events.map(({ at, claim }) => [at, claim])).toEqual([
    [0, 'boots'],
    [60, 'boots'],
    [70, 'tampered'],
    [71, 'tampered'],
    [90, 'update'],
    [95, 'identity'],
    [100, 'update'],
    [130, 'update'],
  ]);
  const lanes = lanesOf(events, 130);
  expect(lanes.map(({ machine, stretches }) => [machine, stretches])).toEqual([
    [
      1,
      [
        { kind: 'boots', from: 0, to: 60 },
        { kind: 'runs', from: 60, to: 90 },
        { kind: 'hangs', from: 100, to: 130 },
      ],
    ],
    [2, [{ kind: 'boots', from: 95, to: 130 }]],
  ]);
  expect(lanes[0]?.moments.map(({ what }) => what)).toEqual(['offered', 'rewound', 'shut down', 'not up']);
});

test('it is drawn with all of it in words, and a log that says anything else draws nothing', () => {
  const html = lifeView(row(LIFE))?.text ?? '';
  expect(html).toContain('machines: 2, starts: 3, releases offered: 1');
  expect(html).toContain('a &lt;b&gt;changed&lt;/b&gt; release');
  expect(lifeView(row({ boots: [] }))).toBe(null);
  const odd = [event(1, Infinity, 'up'), event(1, -1, 'up'), { at: '5', machine: 1 }, [] as never];
  expect(lifeView(row({ boots: odd }))).toBe(null);
});

test.each([
  [5, 1],
  [600, 60],
  [1500, 300],
  [1e6, 83_334],
])('an axis of %i s has a mark every %i', (seconds, step) => {
  expect(stepOf(seconds)).toBe(step);
});

test.each([60, 601, 3600, 86_400])('all times of an axis of %i s are within the picture', (seconds) => {
  const events = [event(1, 0, 'started'), event(1, seconds, 'ended')];
  const html = lifeView(row({ boots: events }))?.text ?? '';
  const marks = [...html.matchAll(/class="tick" x="([\d.]+)" y="\d+">([^<]+)</g)];
  expect(marks.length).toBeGreaterThan(2);
  // Eleven pixels a line: no letter is wider than seven.
  for (const [, x = '', text = ''] of marks) expect(Number(x) + 7 * text.length).toBeLessThanOrEqual(1000);
});
