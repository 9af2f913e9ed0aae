import { expect, test } from 'vitest';
import type { Host } from '../../record/host.ts';
import { cell } from '../../testing/record/run.ts';
import { madeUp, twinsOf } from '../../testing/report/input.ts';
import { pageModel } from './model.ts';
import { twinsView } from './twins-view.ts';

const SUBJECT = 'a/default@linux/amd64';

/** What the page says of twins that were built there. */
function shown(...hosts: (Host | undefined)[]): string {
  const { builds, ...twins } = twinsOf(SUBJECT);
  const placed = builds.map((build, index) => {
    const host = hosts[index];
    return host === undefined ? build : { ...build, host };
  });
  const input = madeUp([cell(SUBJECT, 'pass')], {
    twins: new Map([[SUBJECT, { ...twins, builds: placed }]]),
  });
  const [row] = pageModel(input).rows;
  return row === undefined ? '' : twinsView(input, row).text.replaceAll(/<[^>]+>|\s+/g, ' ');
}

const host = (node: string, bootId: string | null): Host => ({
  node,
  bootId,
  kernel: '6.18.0',
  cpu: 'Made up',
  architecture: 'x86_64',
});

test('the page says where each twin was built, and how far apart they were', () => {
  const text = shown(host('n1', 'one'), host('n<2', 'two'));
  expect(text).toMatch(/node +n1 +n&lt;2/);
  expect(text).toMatch(/kernel +6\.18\.0, boot one +6\.18\.0, boot two/);
  expect(text).toMatch(/CPU +Made up, x86_64/);
  expect(text).toMatch(/built on +different-hosts/);
  expect(shown(host('n1', 'one'), host('n1', 'one'))).toMatch(/built on +same-host/);
});

test('what is not known of a build is not said of it', () => {
  expect(shown(host('n1', null), undefined)).toMatch(/node +n1 +–/);
  expect(shown(host('n1', null), undefined)).not.toContain('built on');
  expect(shown(undefined, undefined)).not.toMatch(/node|CPU/);
});
