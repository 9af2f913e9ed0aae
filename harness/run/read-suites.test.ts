import { access, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Subject } from '../catalog/types.ts';
import { CLAIMS } from '../claims/registry.ts';
import { errorLine } from '../errors.ts';
import { testCatalog, testSubject } from '../testing/plan/subject.ts';
import { withSuites } from './read-suites.ts';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'suites-')));
});
afterAll(() => rm(folder, { recursive: true }));

const HEAD = `import { catalog, claim, expect, subjects } from 'twinproof/vitest';\n`;
const TEST = `claim('own', { statement: 's' }).for(subjects(catalog))('$id', () => {});\n`;

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

const read = (files: string[], subjects: Subject[] = [testSubject('a'), testSubject('b')]) =>
  withSuites({ ...testCatalog(subjects), root: folder }, { files, trustCatalog: false }, CLAIMS);

const refusal = async (name: string, text: string, ...subjects: Subject[]): Promise<string> => {
  const file = await write(name, text);
  return read([file], subjects.length === 0 ? undefined : subjects).then(
    () => 'it was taken',
    (error: unknown) => errorLine(error),
  );
};

test('claims of suites are claims like others, of the subjects that they have tests for', async () => {
  await write('lib/limit.ts', 'export const most: number = 5;\n');
  const text = `${HEAD}import { most } from './lib/limit.ts';
    claim('few', { statement: \`at most \${most}\`, needs: ['image'] }).for(subjects(catalog, 'a'))('$id', () => {});`;
  const files = [await write('a [1].suite.ts', text), await write('b.suite.ts', HEAD + TEST)];
  const made = [
    testSubject('a'),
    testSubject('b', { claims: { own: { made: false, reason: 'not this one' } } }),
  ];
  const { catalog, claims, suites } = await read([...files, files[0] ?? ''], made);
  expect(claims.ids).toEqual([...CLAIMS.ids, 'few', 'own']);
  expect(claims.get('few')).toMatchObject({ statement: 'at most 5', suite: suites[0]?.digest });
  expect(catalog.subjects.map((subject) => subject.claims)).toEqual([
    {
      reproducible: { made: true },
      hermetic: { made: false, reason: 'why' },
      few: { made: true },
      own: { made: true },
    },
    { own: { made: false, reason: 'not this one' } },
  ]);
  expect(suites.map(({ path }) => path)).toEqual(['a [1].suite.ts', 'b.suite.ts']);
  expect(catalog.suites?.toSorted()).toEqual([...files, join(folder, 'lib/limit.ts')].toSorted());

  // A cell's result is one of the suite as it was, with what it imports.
  await write('lib/limit.ts', 'export const most: number = 6;\n');
  const later = await read(files, made);
  expect(later.suites[0]?.digest).not.toBe(suites[0]?.digest);
  expect(later.suites[1]?.digest).toBe(suites[1]?.digest);
});

test.each([
  ['a syntax error', 'syntax', `${HEAD}\nconst a = = 3;\n`, /syntax\.suite\.ts:3:11: usage: .*PARSE_ERROR/],
  [
    'an error at the top',
    'top',
    `${HEAD}interface A { b: 1 }\n\nthrow new TypeError('no luck');\n`,
    /top\.suite\.ts:4: usage: .*TypeError: no luck/,
  ],
  ['a module that there is not', 'gone', `import './nowhere.ts';\n`, /gone\.suite\.ts:1: usage: .*nowhere/],
  ['no test', 'none', 'export {};\n', /none\.suite\.ts: usage: it registers no test/],
  [
    'a claim without a test',
    'silent',
    `${HEAD}${TEST}claim('other', { statement: 's' });\n`,
    /the claim other has no test/,
  ],
  [
    'a test of no claim',
    'stray',
    `${HEAD}${TEST}import { test } from 'vitest';\ntest('x', () => {});\n`,
    /stray\.suite\.ts:4: usage: the test "x" is of no claim/,
  ],
  [
    'a test that would wait for ever',
    'slow',
    `${HEAD}import { describe } from 'vitest';\ndescribe('x', { concurrent: false }, () => {\n${TEST}});\n`,
    /slow\.suite\.ts:4: .*is sequential/,
  ],
  [
    'one that leaves out all others',
    'only',
    `${HEAD}import { describe } from 'vitest';\ndescribe.only('x', () => {\n${TEST}});\n`,
    /only\.suite\.ts: .*\.only/,
  ],
  ['a claim declared twice', 'twice', HEAD + TEST + TEST, /twice\.suite\.ts:3: .*own is declared twice/],
  [
    'a bundled id',
    'bundled',
    `${HEAD}${TEST.replace('own', 'hermetic')}`,
    /the claim hermetic is one of twinproof itself/,
  ],
  ['no id', 'id', `${HEAD}${TEST.replace('own', 'Own Claim')}`, /id\.suite\.ts:2: .*"Own Claim" is no name/],
  ['no statement', 'words', `${HEAD}${TEST.replace("'s'", "'a\\nb'")}`, /words\.suite\.ts:2: .*one line/],
  [
    'a need that there is not',
    'need',
    `${HEAD}${TEST.replace("'s'", "'s', needs: ['disk']")}`,
    /need\.suite\.ts:2: .*needs disk; there are image/,
  ],
  [
    'a selection that matches nothing',
    'glob',
    `${HEAD}${TEST.replace('(catalog)', "(catalog, 'x')")}`,
    /glob\.suite\.ts:2: .*x matches no subject/,
  ],
])('%s is refused, with the place', async (_, name, text, message) => {
  expect(await refusal(`${name}.suite.ts`, text)).toMatch(message);
});

test('a claim of the catalog that no suite checks is refused', async () => {
  const claiming = (id: string, more = {}) => testSubject('a', { claims: { [id]: { made: true, ...more } } });
  expect(await refusal('c.suite.ts', HEAD + TEST, claiming('owm'))).toMatch(
    /nothing checks a claim "owm"; did you mean "own"/,
  );
  expect(await refusal('c.suite.ts', HEAD + TEST, claiming('own', { rung: 'tree' }))).toContain(
    'has no rung',
  );
  const some = `${HEAD}${TEST.replace('(catalog)', "(catalog, 'b')")}`;
  expect(await refusal('c.suite.ts', some, claiming('own'), testSubject('b'))).toContain(
    'no test for this subject',
  );
});

test('the suites that a catalog names run only where the user says so', async () => {
  const ran = join(folder, 'ran');
  const text = `${HEAD}import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(ran)}, '');\n${TEST}`;
  const [file, other] = [await write('named.suite.ts', text), await write('other.suite.ts', HEAD + TEST)];
  const named = { ...testCatalog([testSubject('a')]), root: folder, suites: [file] };
  for (const files of [[], [other]]) {
    const refused = withSuites(named, { files, trustCatalog: false }, CLAIMS);
    await expect(refused.catch(errorLine)).resolves.toMatch(
      /usage: the catalog names suites, .*: named\.suite\.ts \(add --trust-suites /,
    );
  }
  await expect(access(ran)).rejects.toThrow();
  for (const given of [
    { files: [], trustCatalog: true },
    { files: [file], trustCatalog: false },
  ])
    expect((await withSuites(named, given, CLAIMS)).claims.ids).toContain('own');
  await access(ran);
});

test('an id of two suites, and a file that there is not', async () => {
  const files = [await write('one.suite.ts', HEAD + TEST), await write('two.suite.ts', HEAD + TEST)];
  await expect(read(files)).rejects.toThrow('the claim own is one of one.suite.ts');
  await expect(read([join(folder, 'nowhere.ts')])).rejects.toThrow('there is no such file');
});
