import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, scratch, writeImage, writeIndex } from '../../testing/oci/image.ts';
import type { BuiltRecord, Task, TwinRecord } from '../../record/job.ts';
import { writeTwin } from './folder.ts';
import { readTwins, takeTwin } from './take-twin.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;

const TASK: Task = {
  subject: 'x/default@linux/amd64',
  catalog: DIGEST,
  harness: '0',
  seed: 0,
  vary: ['hostname'],
  builds: 2,
  inputs: DIGEST,
  from: { source: DIGEST, lock: null, builder: DIGEST, platform: 'linux/amd64' },
};

const built = (more: Partial<BuiltRecord> = {}): BuiltRecord => ({
  environment: [{ variation: 'hostname', value: 'h', markers: [] }],
  host: { node: 'n', bootId: '1', kernel: '6', cpu: null, architecture: 'x86_64' },
  started: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  manifest: DIGEST,
  config: DIGEST,
  networkAttempts: 0,
  refused: [],
  log: null,
  logDropped: 0,
  ...more,
});

const record = (twin: string, more: Partial<TwinRecord> = {}): TwinRecord => ({
  schema: 'twinproof/twin/v2',
  task: TASK,
  twin,
  build: built(),
  ...more,
});

/** Reads these records, each in a folder of its own. */
async function read(...records: TwinRecord[]): Promise<string[]> {
  await using folder = await scratch();
  const folders = records.map((_, index) => join(folder.path, String(index)));
  for (const [index, path] of folders.entries()) {
    await mkdir(path);
    const each = records[index];
    if (each !== undefined) await writeTwin(path, each);
  }
  const twins = await readTwins(TASK, folders, new Map());
  return twins.map(({ record: { twin } }) => twin);
}

test('twins are taken in their order, whatever the order of the folders', async () => {
  expect(await read(record('B'), record('A'))).toEqual(['A', 'B']);
});

const of = (more: Partial<Task>): TwinRecord => record('B', { task: { ...TASK, ...more } });
const from = (more: Partial<NonNullable<Task['from']>>): TwinRecord =>
  of({ from: { source: DIGEST, lock: null, builder: DIGEST, platform: 'linux/amd64', ...more } });

test.each([
  ['another subject', of({ subject: 'y/default@linux/amd64' }), /another subject/],
  ['another catalog', of({ catalog: OTHER }), /another catalog/],
  ['another version', of({ harness: '1' }), /another version of the harness/],
  ['another seed', of({ seed: 1 }), /another seed/],
  ['other variations', of({ vary: [] }), /another choice of variations/],
  ['another number of builds', of({ builds: 3 }), /another number of builds/],
  ['other inputs', of({ inputs: OTHER }), /another state of the inputs/],
  ['nothing prepared', of({ from: null }), /another source/],
  ['another recipe', from({ source: OTHER }), /another source/],
  ['another lock', from({ lock: OTHER }), /another lock/],
  ['another builder', from({ builder: OTHER }), /another builder/],
  ['other bases', from({ bases: { x: OTHER } }), /another choice of base images/],
  ['another platform', from({ platform: 'linux/arm64' }), /another platform/],
  ['a twin twice', record('A'), /twin A is there twice/],
  ['a twin that nobody asked for', record('C'), /there is no twin "C"/],
  ['no build and no reason', record('B', { build: null }), /neither a build nor an error/],
  [
    'an image of a build that failed',
    record('B', { build: built({ error: { code: 'timeout', message: 'm' } }) }),
    /both failed and left an image/,
  ],
  ['a manifest without a config', record('B', { build: built({ config: null }) }), /both failed and left/],
  ['a build without its variations', record('B', { build: built({ environment: [] }) }), /other variations/],
])('%s is refused', async (_, other, message) => {
  await expect(read(record('A'), other)).rejects.toMatchObject({
    code: 'record-invalid',
    message: expect.stringMatching(message) as string,
    where: expect.any(String) as string,
    hint: expect.any(String) as string,
  });
});

test('a twin that is missing is named', async () => {
  await expect(read(record('A'))).rejects.toThrow('missing twin B');
});

test('a record that is no record, a link or nothing at all is refused with its path', async () => {
  await using folder = await scratch();
  const file = join(folder.path, 'twin.json');
  const reading = (): Promise<unknown> => readTwins(TASK, [folder.path], new Map());
  const refused = { code: 'record-invalid', where: expect.stringContaining(file) as string };
  await expect(reading()).rejects.toMatchObject(refused);
  for (const text of ['', '{}', JSON.stringify({ ...record('A'), more: 1 })]) {
    await writeFile(file, text);
    await expect(reading()).rejects.toMatchObject(refused);
  }
  await writeTwin(folder.path, record('A'));
  await rename(file, `${file}.real`);
  await symlink(`${file}.real`, file);
  await expect(reading()).rejects.toMatchObject(refused);
});

/** A folder as a build leaves it. */
async function left(folder: string): Promise<{ build: BuiltRecord; layer: string }> {
  const image = join(folder, 'image');
  const descriptor = await writeImage(image, { layers: [Buffer.alloc(1024)], compress: 'none' });
  await writeIndex(image, [descriptor]);
  const text = await readFile(join(image, 'blobs', descriptor.digest.replace(':', '/')), 'utf8');
  const manifest = JSON.parse(text) as { config: { digest: string }; layers: { digest: string }[] };
  const log = Buffer.from('STEP 1\n');
  await writeFile(join(folder, 'build.log'), log);
  const digests = { manifest: descriptor.digest, config: manifest.config.digest, log: digestOf(log) };
  const layer = join(image, 'blobs', manifest.layers[0]?.digest.replace(':', '/') ?? '');
  return { build: built(digests), layer };
}

const SUBJECT = { limits: { log: 100 } } as unknown as Parameters<typeof takeTwin>[2];

test.each<[string, (folder: string, layer: string) => Promise<void> | void, Partial<BuiltRecord>, string]>([
  ['an image that is missing', (folder) => rm(join(folder, 'image'), { recursive: true }), {}, 'not whole'],
  ['a layer that is missing', (_, layer) => rm(layer), {}, 'not whole'],
  ['a layer that was cut', (_, layer) => writeFile(layer, 'x'), {}, 'not whole'],
  ['a layer with other bytes', (_, layer) => writeFile(layer, Buffer.alloc(1024, 1)), {}, 'not whole'],
  ['another image', () => undefined, { manifest: OTHER }, 'another manifest: recorded'],
  ['another config', () => undefined, { config: OTHER }, 'another config: recorded'],
  ['a log that is missing', (folder) => rm(join(folder, 'build.log')), {}, 'log is missing'],
  ['another log', (folder) => writeFile(join(folder, 'build.log'), 'x'), {}, 'not the one that was recorded'],
  [
    'a log that is too long',
    (folder) => writeFile(join(folder, 'build.log'), 'x'.repeat(101)),
    {},
    'too large',
  ],
])('%s is refused', async (_, change, more, message) => {
  await using folder = await scratch();
  const { build, layer } = await left(folder.path);
  const twin = { folder: folder.path, record: record('A'), image: `oci:${join(folder.path, 'image')}` };
  const taken = await takeTwin(twin, build, SUBJECT);
  expect(taken.outcome).toMatchObject({ built: true, manifest: build.manifest });
  await change(folder.path, layer);
  await expect(takeTwin(twin, { ...build, ...more }, SUBJECT)).rejects.toMatchObject({
    code: 'record-invalid',
    message: expect.stringContaining(message) as string,
    where: expect.stringContaining(folder.path) as string,
    hint: expect.any(String) as string,
  });
});
