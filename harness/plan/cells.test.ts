import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCells } from './cells.ts';
import { selectSubjects } from './select.ts';
import { shardOf } from './shard.ts';
import { testCatalog, testSubject } from '../testing/plan/subject.ts';

const subjects = [
  testSubject('nginx'),
  testSubject('nginx', { variant: 'builder' }),
  testSubject('python-3.13'),
];

describe('selectSubjects', () => {
  const all = subjects.map(({ id }) => id);
  it.each([
    [[], all],
    [['nginx'], all.slice(0, 2)],
    [['nginx/default'], all.slice(0, 1)],
    [['nginx/default@linux/amd64'], all.slice(0, 1)],
    [['*/default'], [all[0], all[2]]],
    [['*@linux/amd64'], all],
    [['{nginx,redis}/b*'], all.slice(1, 2)],
    [['python-3.1?'], all.slice(2)],
    [['python*', 'nginx/builder'], all.slice(1)],
  ])('%j', (globs, ids) => expect(selectSubjects(subjects, globs).map(({ id }) => id)).toEqual(ids));

  it.each(['ngin', 'python-3x13', '{nginx', 'nginx/default@linux', '(nginx)'])(
    'refuses "%s", which matches nothing',
    (glob) => {
      expect(() => selectSubjects(subjects, ['nginx', glob], '--image ')).toThrow(
        `--image ${glob} matches no subject`,
      );
      // Where the subject is an argument there is no such option.
      expect(() => selectSubjects(subjects, [glob])).not.toThrow('--image');
    },
  );

  it('takes any text for a glob', () => {
    fc.assert(
      fc.property(fc.string(), (glob) => {
        const id = glob.replaceAll(/[*?{}]/g, '');
        const subject = testSubject(id, { id });
        return selectSubjects([subject], [id === '' ? '*' : id]).length === 1;
      }),
    );
  });
});

describe('shardOf', () => {
  it('puts every item into exactly one part', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (items, count) => {
        const numbered = items.map((_, i) => i);
        const parts = Array.from({ length: count }, (_, i) => shardOf(numbered, `${i + 1}/${count}`));
        expect(parts.flat().toSorted((a, b) => a - b)).toEqual(numbered);
        const sizes = parts.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(['', '1', '0/2', '3/2', '1/0', '-1/2', '1/2/3', '1.5/2', '1/99999'])('refuses "%s"', (shard) =>
    expect(() => shardOf([], shard)).toThrow(`--shard ${shard} must be I/N with 1 ≤ I ≤ N`),
  );
});

describe('planCells', () => {
  const catalog = testCatalog(subjects);
  const plan = async (selection: object): Promise<string[]> =>
    (await planCells(catalog, { images: [], claims: [], ...selection })).cells.map(
      ({ subject, claim, skipped }) =>
        `${subject.image}/${subject.variant} ${claim}${skipped === null ? '' : ` (${skipped})`}`,
    );

  it('makes a cell of every subject and claim, also of those not made', async () => {
    expect(await plan({})).toEqual([
      'nginx/default reproducible',
      'nginx/default hermetic (why)',
      'nginx/builder reproducible',
      'nginx/builder hermetic (why)',
      'python-3.13/default reproducible',
      'python-3.13/default hermetic (why)',
    ]);
  });

  it('narrows by image, claim and shard of whole subjects', async () => {
    expect(await plan({ images: ['nginx'], claims: ['hermetic'], shard: '2/2' })).toEqual([
      'nginx/builder hermetic (why)',
    ]);
    expect(await plan({ images: ['python*'], shard: '2/2' })).toEqual([]);
  });

  it('refuses images and claims that are there, but not together', async () => {
    const mixed = testCatalog([
      testSubject('os', { claims: { boots: { made: true } } }),
      testSubject('app', { claims: { runs: { made: true } } }),
    ]);
    const ask = (images: string[], claims: string[]) =>
      planCells(mixed, { images, claims }).then(({ cells }) => cells);
    await expect(ask(['app'], ['boots'])).rejects.toThrow('nothing that --image app matches speaks of boots');
    await expect(ask(['app', 'os'], ['boots'])).rejects.toThrow('--image app');
    await expect(ask(['app'], ['runs', 'boots'])).rejects.toThrow('speaks of the claim boots');
    expect(await ask(['app', 'os'], ['runs', 'boots'])).toHaveLength(2);
    expect(await ask(['*'], ['boots'])).toHaveLength(1);
  });

  it('refuses a claim that nothing speaks of', async () => {
    await expect(plan({ claims: ['hermetic', 'boots'] })).rejects.toThrow(
      'no subject of the catalog speaks of the claim boots',
    );
  });
});
