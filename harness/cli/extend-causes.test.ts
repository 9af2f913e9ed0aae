import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadCatalog } from '../catalog/load.ts';
import { CLAIMS } from '../claims/registry.ts';
import type { CauseDefinition } from '../explain/cause.ts';
import { claimOf } from '../explain/claim.ts';
import { NOTHING_KNOWN, explainDiff } from '../explain/explain.ts';
import { fixRecipe } from '../explain/fixes/fix-recipe.ts';
import { program } from '../explain/fixes/rewrite.ts';
import { type Flip, withFlip } from '../explain/flip.ts';
import { explanationOf } from '../explain/group.ts';
import { pointerClaim } from '../explain/pointer.ts';
import { causesList } from '../explain/docs.ts';
import { CAUSES } from '../explain/registry.ts';
import { difference } from '../testing/explain/difference.ts';
import { textEntry } from '../testing/explain/entry.ts';
import { Registry } from '../model/registry.ts';

// What somebody adds from outside: one value, and named in one place, `with(…)`.

const colour: CauseDefinition = {
  id: 'terminal-colour',
  covers: 'colours of a terminal in what a program writes',
  fix: 'NO_COLOR=1',
  provenBy: ['terminal'],
  refutedBy: 'equal-builds',
  rewrites: [
    program(/^grep$/, 'grep --color=never', ({ program: { end } }) => [
      { start: end, end, text: ' --color=never' },
    ]),
  ],
  explain: ({ sites }) =>
    claimOf(
      sites.filter(({ lineA }) => lineA.startsWith('colour: ')),
      'likely',
      { why: 'colours', fix: 'NO_COLOR=1' },
    ),
  explainDocument: (diff) =>
    diff.pointer.endsWith('/colour')
      ? pointerClaim(diff, 'likely', { why: 'colours', fix: 'NO_COLOR=1' })
      : null,
};

const causes = CAUSES.with(colour);
const entry = textEntry('etc/x', 'colour: red\n', 'colour: blue\n');
const label = { pointer: '/config/Labels/colour', a: 'red', b: 'blue' };
const explained = explainDiff(difference([entry], { config: [label] }), NOTHING_KNOWN, causes);
const ids = (list: readonly { id: string; confidence: string }[] = []): string[] =>
  list.map(({ id, confidence }) => `${id} ${confidence}`);

test('a cause that is added is told of entries and of documents', () => {
  expect(ids(explained.entries[0]?.causes)).toEqual(['terminal-colour likely']);
  expect(ids(explained.config[0]?.causes)).toEqual(['terminal-colour likely']);
  expect(explanationOf(explained).causes.map(({ id, fix }) => [id, fix])).toContainEqual([
    'terminal-colour',
    'NO_COLOR=1',
  ]);
  const without = explainDiff(difference([entry], { config: [label] }), NOTHING_KNOWN);
  expect(ids(without.entries[0]?.causes)).toEqual(['unknown likely']);
});

test('building proves it by what it says, and refutes it', () => {
  const flip = (variation: Flip['variations'][number]['variation']): Flip => ({
    ...{ equal: '1', differing: '2', paths: ['etc/x'] },
    variations: [{ variation, value: 'dumb' }],
  });
  expect(ids(withFlip(explained, flip('terminal'), causes).entries[0]?.causes)).toEqual([
    'terminal-colour proven',
  ]);
  expect(ids(withFlip(explained, flip('umask'), causes).entries[0]?.causes)).toEqual(['umask proven']);
});

test('a variation of its own is put down to it where nothing else is told', () => {
  const other: CauseDefinition = { ...colour, id: 'first', standsFor: ['terminal'] };
  const known = new Registry([other, ...CAUSES]);
  const flip: Flip = {
    ...{ equal: '1', differing: '2', paths: ['etc/x'] },
    variations: [{ variation: 'terminal', value: 'dumb' }],
  };
  const [named] = withFlip(difference([entry]), flip, known).entries[0]?.causes ?? [];
  expect(named).toMatchObject({ id: 'first', confidence: 'proven', fix: 'NO_COLOR=1' });
});

test('recipes are fixed as it says', () => {
  const recipe = 'FROM a\nRUN ls | /bin/grep x > /etc/x\n';
  expect(fixRecipe(recipe, explained, causes)).toEqual({
    text: 'FROM a\nRUN ls | /bin/grep --color=never x > /etc/x\n',
    made: ['terminal-colour, etc/x: grep --color=never'],
  });
  expect(fixRecipe(recipe, explained).made).toEqual([]);
});

test('the documentation explains it', () => {
  const example = { image: 'coloured', faulty: 'RUN grep a b', fixed: 'RUN grep --color=never a b' };
  const list = causesList(causes, new Map([['terminal-colour', example]]));
  expect(list).toMatch(/\n### `terminal-colour`\n\nWhat differs: colours of a terminal/);
  expect(list).toContain('Proven by varying `terminal`.');
  expect(list).toContain('`--check-fixes` changes: `grep --color=never`.');
  expect(list).toContain('Faulty (`coloured`):\n\n```Dockerfile\nRUN grep a b\n```');
});

test('an exemption may name it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'extend-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'Containerfile'), 'FROM scratch\n');
  const path = join(folder, 'catalog.yaml');
  await writeFile(
    path,
    `version: 1\nname: t\nbuilder: { definition: . }\ndefaults: { sourceDateEpoch: 5 }\nsubjects:\n` +
      `  - image: app\n    recipe: { containerfile: Containerfile }\n    exemptions:\n` +
      `      - { claim: reproducible, cause: terminal-colour, reason: r, owner: o, expires: '2099-01-01' }\n`,
  );
  const claims = new Registry(
    [...CLAIMS].map((claim) =>
      claim.itemised === undefined ? claim : { ...claim, itemised: { causes: causes.ids } },
    ),
  );
  expect((await loadCatalog(path, { claims })).subjects).toHaveLength(1);
  const others = new Registry(
    [...CLAIMS].map((claim) =>
      claim.id === 'minimal' ? { ...claim, itemised: { causes: causes.ids } } : claim,
    ),
  );
  await expect(loadCatalog(path, { claims: others })).rejects.toThrow(
    'no failure of this claim has that cause',
  );
  await expect(loadCatalog(path, { claims: CLAIMS })).rejects.toThrow('cause');
});
