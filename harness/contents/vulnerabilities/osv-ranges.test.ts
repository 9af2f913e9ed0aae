import { expect, test } from 'vitest';
import { compareDebVersions } from '../../packages/dpkg/deb-version.ts';
import { judgeOsv } from './osv-ranges.ts';

const ORDER = { compare: compareDebVersions, canCompare: () => true, hasReleases: true };

type Given = Parameters<typeof judgeOsv>[0];

const range = (...events: NonNullable<Given['ranges']>[number]['events']): Given => ({
  ranges: [{ type: 'ECOSYSTEM', events }],
});

const fixed = (version: string): Given => range({ introduced: '0' }, { fixed: version });

test.each<[what: string, given: Given, version: string, fix: string | null]>([
  ['before the fix', fixed('2'), '1', '2'],
  ['the fix', fixed('2'), '2', 'not'],
  ['before everything', fixed('2'), '0~rc1', '2'],
  ['without a fix', range({ introduced: '0' }), '99', null],
  ['before it came', range({ introduced: '2' }, { fixed: '3' }), '1', 'not'],
  ['with it', range({ introduced: '2' }, { fixed: '3' }), '2', '3'],
  ['the last that is affected', range({ introduced: '0' }, { last_affected: '2' }), '2', null],
  ['after the last', range({ introduced: '0' }, { last_affected: '2' }), '2.1', 'not'],
  [
    'in the second part',
    range({ introduced: '0' }, { fixed: '1' }, { introduced: '2' }, { fixed: '3' }),
    '2.5',
    '3',
  ],
  ['between', range({ introduced: '0' }, { fixed: '1' }, { introduced: '2' }, { fixed: '3' }), '1.5', 'not'],
  [
    'events in any order',
    range({ fixed: '3' }, { introduced: '2' }, { fixed: '1' }, { introduced: '0' }),
    '0.5',
    '1',
  ],
  ['never', range({ introduced: '0' }, { fixed: '0' }), '1', 'not'],
  ['beyond the limit', range({ introduced: '0' }, { limit: '2' }), '3', 'not'],
  ['epochs', fixed('1:1'), '9', '1:1'],
  [
    'any of several ranges',
    { ranges: [...(fixed('1').ranges ?? []), ...(range({ introduced: '4' }).ranges ?? [])] },
    '5',
    null,
  ],
  ['out of all of them', { ranges: [...(fixed('3').ranges ?? []), ...(fixed('5').ranges ?? [])] }, '2', '5'],
  ['listed', { versions: ['1', '2'] }, '2', null],
  ['listed in another spelling', { versions: ['0:2'] }, '2', null],
  ['listed beside a range', { ...fixed('1'), versions: ['2'] }, '2', null],
  ['not listed', { versions: ['1'] }, '2', 'not'],
  [
    'of another type',
    { ranges: [{ type: 'SEMVER', events: [{ introduced: '1' }, { fixed: '2' }] }] },
    '1.5',
    '2',
  ],
])('%s', (_, given, version, fix) => {
  expect(judgeOsv(given, version, ORDER)).toEqual(
    fix === 'not' ? { is: 'not-affected' } : { is: 'affected', fixedIn: fix, hasFix: fix !== null },
  );
});

test('commits alone, or nothing, decide nothing', () => {
  const commits = { ranges: [{ type: 'GIT', events: [{ introduced: '0' }, { fixed: 'abc' }] }] };
  expect(judgeOsv(commits, '1', ORDER)).toMatchObject({ is: 'undecided' });
  expect(judgeOsv({}, '1', ORDER)).toMatchObject({ is: 'undecided' });
});
