import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { loadCatalog } from '../catalog/load.ts';
import { catalogJsonSchema } from '../catalog/schema.ts';
import type { Catalog } from '../catalog/types.ts';
import { buildClaimsList, requestsList, scenariosTable, systemClaimsList } from '../claims/docs.ts';
import { CLAIMS, longClaims, releasesFor } from '../claims/registry.ts';
import type { Claim, ClaimContext, SystemClaim, SystemContext } from '../claims/types.ts';
import { loweredTerms } from '../gate/lowered.ts';
import { givenOptions } from '../model/claim.ts';
import { planCells } from '../plan/cells.ts';
import { wholePlan } from '../plan/whole-plan.ts';
import { eventSchema, runJsonSchema } from '../record/events.ts';
import { keyDigest } from '../record/key.ts';
import { cell } from '../testing/record/run.ts';
import type { Format } from '../report/format.ts';
import { FORMATS, formatsTable, reportFiles } from '../report/formats.ts';
import { madeUp } from '../testing/report/input.ts';
import { keyOfClaim } from '../run/key-of-claim.ts';
import { chosenClaims } from './boot-claims.ts';
import { bootCommand } from './boot.ts';
import { flaggedOptions } from './claim-flags.ts';
import { reportCommand } from './report.ts';
import { verifyCommand } from './verify.ts';

// What somebody adds from outside: each is one value, and is named in one place, `with(…)`.

const SIZE = z.strictObject({ most: z.int().positive() });

const small: Claim = {
  id: 'small',
  statement: 'has few layers',
  passes: 'the image has at most `most` layers',
  fails: 'it has more',
  options: { schema: SIZE, notes: { most: { example: '5', meaning: 'layers that it may have' } } },
  check: async ({ builds, image, options }: ClaimContext) => {
    const [first] = builds;
    const layers = first === undefined ? [] : (await image(first)).layers;
    const { most = 10 } = givenOptions(SIZE, options);
    const verdict = layers.length <= most ? 'pass' : 'fail';
    return { verdict, summary: `${layers.length} layers`, detail: { most }, evidence: [] };
  },
};

const TIME = z.strictObject({ source: z.enum(['ntp', 'ptp']), drift: z.int().positive() });

const clock: SystemClaim = {
  id: 'clock',
  statement: 'keeps time',
  passes: 'the clock is kept',
  scenario: 'restart',
  releases: ['broken'],
  long: true,
  options: {
    schema: TIME,
    notes: {
      source: {
        example: 'ntp',
        meaning: 'what keeps it',
        flag: 'what keeps the clock',
        strictness: { order: ['ptp', 'ntp'], absent: 'ntp' },
      },
      drift: { example: '5', meaning: 'milliseconds', flag: 'milliseconds that it may be off' },
    },
  },
  check: ({ options }: SystemContext) =>
    Promise.resolve({ verdict: 'pass', summary: JSON.stringify(options), detail: {}, evidence: [] }),
};

const rows: Format = {
  id: 'rows',
  file: 'rows.csv',
  purpose: 'spreadsheets',
  logOnly: true,
  make: ({ summary }) =>
    summary.cells.map(({ subject, claim, verdict }) => `${subject},${claim},${verdict}\n`).join(''),
};

const claims = CLAIMS.with(small, clock);
const formats = FORMATS.with(rows);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extend-'));
  await writeFile(join(folder, 'Containerfile'), 'FROM scratch\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function load(entry: string, known = claims): Promise<Catalog> {
  const path = join(folder, 'catalog.yaml');
  await writeFile(
    path,
    `version: 1\nname: t\nbuilder: { definition: . }\ndefaults: { sourceDateEpoch: 5 }\nsubjects:\n` +
      `  - { image: app, recipe: { containerfile: Containerfile }, claims: { ${entry} } }\n`,
  );
  return loadCatalog(path, { claims: known });
}

const choices = (command: Command, flag: string): readonly string[] =>
  command.options.find(({ long }) => long === flag)?.argChoices ?? [];

test('the schemas of catalogs and logs have the options of a claim that is added', () => {
  for (const text of [catalogJsonSchema(claims), runJsonSchema(claims)]) {
    expect(text).toContain('"most"');
    expect(text).toContain('"ptp"');
  }
  expect(catalogJsonSchema(CLAIMS)).not.toContain('"most"');
});

test('a catalog may claim it, and is told what is wrong with its options', async () => {
  const { subjects } = await load('small: { most: 5 }');
  expect(subjects[0]?.claims).toEqual({ small: { made: true, most: 5 } });
  const refused = (entry: string, known = claims): Promise<string> =>
    load(entry, known).then(String, (error: unknown) => (error as Error).message);
  expect(await refused('small: true', CLAIMS)).toContain('nothing checks a claim "small"');
  expect(await refused('small: { most: none }')).toContain('`subjects[0].claims.small.most`');
  expect(await refused('small: { mst: 5 }')).toContain('did you mean "most"?');
  expect(await refused('runs: { most: 5 }')).toContain('only "small" has a most; write `runs: true`');
});

test('two claims may have options of the same name, each with values of its own', async () => {
  const other = {
    ...small,
    id: 'other',
    options: { ...small.options, schema: z.strictObject({ most: z.enum(['x']) }) },
  };
  const both = claims.with({ ...other, options: { ...other.options, notes: {} } });
  expect((await load('other: { most: x }', both)).subjects).toHaveLength(1);
  await expect(load('other: { most: 5 }', both)).rejects.toThrow('`most` of "other"');
});

test.each(['made', 'reason', 'lock', 'smoke'])(
  'an option cannot be called %s, which says something else',
  (key) => {
    const taken = { ...small, options: { schema: z.strictObject({ [key]: z.string() }), notes: {} } };
    expect(() => catalogJsonSchema(CLAIMS.with(taken))).toThrow(`has an option ${key}, which is taken`);
  },
);

test('commands offer it, with a flag for each option', () => {
  expect(choices(verifyCommand(claims), '--claim')).toEqual([...CLAIMS.ids, 'small', 'clock']);
  expect(choices(bootCommand(claims), '--clock-source')).toEqual(['ntp', 'ptp']);
  expect(choices(bootCommand(claims), '--downgrade')).toEqual(['refused', 'allowed']);
  expect(bootCommand().options.map(({ long }) => long)).not.toContain('--clock-source');
  const command = bootCommand(claims).action(() => undefined);
  command.parse(['x', '--clock-source', 'ptp', '--clock-drift', '7'], { from: 'user' });
  expect(flaggedOptions(clock, command.opts())).toEqual({ source: 'ptp', drift: 7 });
});

test('it is checked with what it needs', () => {
  expect(chosenClaims([], ['restart'], claims).map(({ id }) => id)).toEqual(['state-writable', 'clock']);
  expect([...releasesFor([clock])]).toEqual(['broken']);
  expect(longClaims(claims)).toContain('clock');
});

test('what is asked of it is in the key of its cell and in the plan, and a gate sees when less is asked', async () => {
  const [five, six] = [await load('small: { most: 5 }'), await load('small: { most: 6 }')];
  const plans = await Promise.all(
    [five, six].map(async (catalog) => {
      const { cells } = await planCells(catalog, { images: [], claims: [] });
      return wholePlan(catalog, { cells, untouched: new Set(), long: [], claims });
    }),
  );
  expect(plans.map((plan) => plan[0]?.claims.small?.asked)).toEqual([{ most: 5 }, { most: 6 }]);
  const { key } = cell('app', 'pass');
  if (key === null) throw new Error('no key');
  const keys = [five, six].flatMap(({ subjects }) =>
    subjects.map((subject) => keyDigest(keyOfClaim(key, subject, small))),
  );
  expect(new Set(keys).size).toBe(2);
  const terms = (asked: Record<string, string | number>) => ({
    ...{ made: true, why: '', leftOut: null, exemptions: [] },
    asked,
  });
  expect(loweredTerms(terms({ most: 6 }), terms({ most: 5 }), small)).toEqual(['most 5 → 6']);
  expect(loweredTerms(terms({ source: 'ptp' }), terms({}), clock)).toEqual([]);
  expect(loweredTerms(terms({}), terms({ source: 'ptp' }), clock)).toEqual(['source ptp → ntp']);
});

test('its cells are read from logs and stand in the matrix, and a format that is added is made of them', async () => {
  const cells = cell('app', 'fail', { claim: 'small', summary: '11 layers' });
  expect(eventSchema.parse(cells)).toEqual(cells);
  const input = madeUp([cells]);
  const files = await reportFiles(input, formats.only(['markdown', 'rows']));
  expect(files.get('matrix.md')).toContain('small');
  expect(files.get('rows.csv')).toBe('app,small,fail\n');
});

test('a format that is added is offered and explained', () => {
  expect(choices(reportCommand(formats), '--format')).toEqual([...FORMATS.ids, 'rows']);
  expect(formatsTable(formats)).toMatch(/\| `rows` +\| `rows\.csv` +\| spreadsheets +\|/);
});

test('the documentation explains it', () => {
  expect(buildClaimsList(claims)).toContain(
    '### `small`\n\nPasses when the image has at most `most` layers.\n\nFails when it has more.',
  );
  expect(systemClaimsList(claims)).toContain('### `clock`\n\nHolds when the clock is kept.');
  expect(scenariosTable(claims)).toMatch(/\| `restart` .*`state-writable`, `clock`/);
  expect(requestsList(claims)).toContain('`small`:\n\n- `most: 5`: layers that it may have');
});
