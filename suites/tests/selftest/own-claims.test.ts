import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCatalog } from '../../../harness/api/catalog.ts';
import { rebuild } from '../../../harness/api/rebuild.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { leftovers, temporaryFolder, twinproof, until, writeCatalog } from './support.ts';

const RECIPE = `FROM localhost/builder AS build
RUN mkdir -p /newroot/bin && hostname > /newroot/bin/su && chmod 4755 /newroot/bin/su
FROM scratch
COPY --from=build /newroot /
`;
const SUBJECTS =
  '  - { image: app, recipe: { containerfile: app }, claims: { reproducible: false, left-out: { made: false, reason: not this one } } }\n';

/** Every way in which a test can end that a user may write. */
const SUITE = `import { catalog, claim, expect, subjects } from 'twinproof/vitest';
import { beforeAll, beforeEach, describe } from 'vitest';

const all = subjects(catalog);
const statement: string = 'it is so';

claim('entry', { statement, needs: ['image'] }).for(all)('$id', async (_subject, { image }) => {
  await expect(image).toHaveEntry('bin/su', { mode: '4755', uid: 0 });
});
claim('no-setuid', { statement, needs: ['image'] }).for(all)('$id', async (_subject, { image }) => {
  await expect(image).toContainNoSetuid();
});
claim('same', { statement, needs: ['twins'] }).for(all)('$id', async (_subject, { twins: [a, b] }) => {
  await expect(a).toBeSameImage(b, { rung: 'config' });
});
claim('not-awaited', { statement, needs: ['image'] }).for(all)('$id', (_subject, { image }) => {
  void expect(image).toHaveEntry('etc/passwd');
});
const soft = claim('soft', { statement });
soft.for(all)('one', ({ image }) => {
  expect.soft(image).toBe('another');
});
soft.for(all)('two', ({ image }) => {
  expect(image).toBe('app');
});
claim('throws', { statement }).for(all)('$id', (subject) => {
  expect(subject.image).toBe('app');
  throw new TypeError('no luck');
});
claim('asserts-nothing', { statement }).for(all)('$id', () => {});
claim('not-used', { statement }).for(all)('$id', async () => {
  await expect('oci:app').toContainNoSetuid();
});
claim('late', { statement }).for(all)(
  '$id',
  async () => {
    expect(1).toBe(1);
    await new Promise(() => undefined);
  },
  { timeout: 50 },
);
claim('skips', { statement }).for(all)('$id', (_subject, { skip }) => skip('not today'));
claim('skipped', { statement }).skip.for(all)('$id', () => {
  expect(1).toBe(1);
});
describe('around', () => {
  beforeEach(() => {
    throw new Error('no luck before');
  });
  claim('before-each', { statement }).for(all)('$id', () => {
    expect(1).toBe(1);
  });
});
describe('around all', () => {
  beforeAll(() => {
    throw new Error('no luck at first');
  });
  claim('before-all', { statement }).for(all)('$id', () => {
    expect(1).toBe(1);
  });
});
claim('left-out', { statement }).for(all)('$id', () => {
  expect(1).toBe(2);
});
`;

const at = (text: string, message: string): string =>
  `own.suite.ts:${SUITE.slice(0, SUITE.indexOf(text)).split('\n').length}: ${message}`;

const EXPECTED: Record<string, [verdict: string, summary: string]> = {
  entry: ['pass', '1 test passed'],
  'no-setuid': [
    'fail',
    at('expect(image).toContainNoSetuid', '1 file has the setuid bit: bin/su (mode 4755, uid 0)'),
  ],
  same: ['fail', at('expect(a).toBe', 'different at config; even the file trees differ')],
  'not-awaited': ['fail', at("expect(image).toHaveEntry('etc/passwd')", 'there is no etc/passwd')],
  soft: ['fail', at('expect.soft', "expected 'app' to be 'another'")],
  throws: ['error', at('throw new TypeError', 'TypeError: no luck')],
  'asserts-nothing': ['error', at("claim('asserts-nothing'", 'Error: expected any number of assertion')],
  'not-used': ['error', at("expect('oci:app')", 'toContainNoSetuid takes an image')],
  late: ['error', at("claim('late'", 'the test did not end within 50 ms')],
  skips: ['skipped', at("claim('skips'", 'not today')],
  skipped: ['skipped', at("claim('skipped'", 'the test is skipped')],
  'before-each': ['error', at("throw new Error('no luck before')", 'Error: no luck before')],
  'before-all': ['error', at("throw new Error('no luck at first')", 'Error: no luck at first')],
  'left-out': ['skipped', 'not claimed: not this one'],
};

test('claims of the user end as their tests do, in the log, the reports and the gate', async () => {
  await using folder = await temporaryFolder();
  const suite = join(folder.path, 'own.suite.ts');
  await writeFile(suite, SUITE);
  const catalog = await writeCatalog(folder.path, SUBJECTS, { app: RECIPE }, 'suites: [own.suite.ts]\n');
  const results = join(folder.path, 'runs');
  const { stdout, stderr, exitCode } = await twinproof([
    'verify',
    catalog,
    '--trust-suites',
    '--results',
    results,
    '--quiet',
  ]);
  expect(exitCode, stderr).toBe(1);
  expect(stdout).toMatch(/no-setuid +│ fail/);

  const [name = ''] = await readdir(results);
  const run = await readRun(join(results, name));
  const cells = [...run.cells.values()].filter(({ claim }) => claim !== 'reproducible');
  const found = Object.fromEntries(cells.map(({ claim, verdict, summary }) => [claim, [verdict, summary]]));
  for (const [claim, [verdict, summary]] of Object.entries(EXPECTED)) {
    expect(found[claim], claim).toEqual([verdict, expect.stringContaining(summary) as string]);
  }
  expect(cells).toHaveLength(Object.keys(EXPECTED).length);
  expect(run.header.suites).toMatchObject([
    {
      path: 'own.suite.ts',
      claims: expect.arrayContaining([{ id: 'entry', statement: 'it is so' }]) as unknown,
    },
  ]);
  const entry = cells.find(({ claim }) => claim === 'entry');
  expect(entry?.key?.suite).toBe(run.header.suites?.[0]?.digest);
  const same = cells.find(({ claim }) => claim === 'same');
  const evidence = join(results, name, 'evidence/sha256', same?.evidence[0]?.digest.slice(7) ?? '');
  expect(await readFile(evidence, 'utf8')).toMatch(/bin\/su.*hostname/s);

  const gate = await twinproof([
    'gate',
    join(results, name),
    '--baseline',
    join(results, name),
    '--claim',
    'entry=block',
  ]);
  expect(gate.exitCode, gate.stderr).toBe(0);
  const junit = await twinproof(['report', join(results, name), '--format', 'junit']);
  expect(junit.stdout).toMatch(/<testcase name="no-setuid".*\n +<failure/);
});

test('a rebuild that somebody ends leaves nothing but a log that can be resumed', async () => {
  await using folder = await temporaryFolder();
  const app =
    'FROM localhost/builder AS build\nRUN sleep 600\nFROM scratch\nCOPY --from=build /etc/hostname /\n';
  const subjects = ['one', 'two'].map((name) => `  - { image: ${name}, recipe: { containerfile: app } }\n`);
  const catalog = await openCatalog(await writeCatalog(folder.path, subjects.join(''), { app }));
  const results = join(folder.path, 'runs');
  const ending = new AbortController();
  const ended = rebuild(catalog, { results, jobs: 1, signal: ending.signal }).then(
    () => 'it went on',
    (error: unknown) => (error as { code?: string }).code,
  );
  const started = async (): Promise<string | undefined> => (await readdir(results).catch(() => []))[0];
  await until('both twins are built', async () => {
    const name = await started();
    return name !== undefined && (await leftovers(name)).containers.length >= 2;
  });
  ending.abort();
  expect(await ended).toBe('interrupted');
  const name = (await started()) ?? '';
  expect(await leftovers(name)).toEqual({ containers: [], folders: [] });
  const run = await readRun(join(results, name));
  expect([run.cells.size, run.footer]).toEqual([0, null]);
  const aborted = rebuild(catalog, { results, signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ code: 'interrupted' });
});
