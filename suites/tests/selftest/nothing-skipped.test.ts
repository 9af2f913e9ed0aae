import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  digestOf,
  writeBlob,
  writeImage,
  writeIndex,
  type Described,
} from '../../../harness/testing/oci/image.ts';
import { tar, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

/** Whatever was not looked at, `diff` does not end with 0 over it: not even when both sides are the very same files. */

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const NOWHERE = `sha256:${'0'.repeat(64)}`;
const good = tar([{ name: 'etc/file', content: 'hello' }]);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function image(
  make: (path: string) => Promise<Described | Record<string, unknown> | null>,
): Promise<string> {
  const path = join(folder.path, `image-${count++}`);
  await mkdir(path);
  const manifest = await make(path);
  await writeIndex(path, manifest === null ? [] : [manifest]);
  return `oci:${path}`;
}

const withLayer = (layer: Buffer, wrong: Partial<Described> = {}): Promise<string> =>
  image(async (path) => {
    const described = { ...(await writeBlob(path, layer, LAYER)), ...wrong };
    const config = { rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } };
    return writeImage(path, { layers: [], config, manifest: { layers: [described] } });
  });

const cases: [what: string, make: () => Promise<string>][] = [
  ['a layer that is not there', () => withLayer(good, { digest: NOWHERE })],
  ['a layer of another size', () => withLayer(good, { size: 7 })],
  [
    'a layer whose digest is wrong',
    async () => {
      const made = await withLayer(good);
      await writeFile(
        join(made.slice(4), 'blobs', digestOf(good).replace(':', '/')),
        Buffer.alloc(good.length),
      );
      return made;
    },
  ],
  [
    'a foreign layer that is elsewhere',
    () =>
      withLayer(good, {
        digest: NOWHERE,
        mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
        urls: ['https://example.org/layer'],
      }),
  ],
  [
    'a manifest that is not there',
    () => image(() => Promise.resolve({ mediaType: MANIFEST, digest: NOWHERE, size: 10 })),
  ],
  [
    'a manifest of a kind that is not known',
    () => image((path) => writeBlob(path, Buffer.from('{}'), 'x/y')),
  ],
  ['an index without images', () => image(() => Promise.resolve(null))],
];

describe('what cannot be read', () => {
  test.each(cases)('%s never ends with 0, whatever rung is asked for', async (_, make) => {
    const broken = await make();
    for (const rung of ['index', 'tree-no-times']) {
      const words = ['diff', broken, broken, '--rung', rung, '--ignore', 'times,order,compression'];
      const { exitCode, stdout, stderr } = await twinproof(words);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/: (?:image-invalid|unsupported): /);
    }
  });
});

describe('what is not shown', () => {
  const many = Array.from({ length: 30 }, (_, at): TestEntry => ({ name: `f${at}`, content: 'a' }));
  const last = (change: Partial<TestEntry>): Buffer =>
    tar(many.map((one, at) => (at === 29 ? { ...one, ...change } : one)));

  test.each(['0', '1'])('counts all the same, with --max-diffs %s', async (limit) => {
    const [a, b] = [await withLayer(tar(many)), await withLayer(last({ content: 'b' }))];
    expect((await twinproof(['diff', a, b, '--max-diffs', limit])).exitCode).toBe(1);
    const { stdout, exitCode } = await twinproof(['diff', a, b, '--max-diffs', limit, '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ identical: false, rung: 'none', truncated: limit === '0' });
  });

  test.each(['--json', '--list'])(
    'because its reader has gone ends quietly, and not with 0, with %s',
    async (flag) => {
      const lots = (content: string): Buffer =>
        tar(Array.from({ length: 2000 }, (_, at): TestEntry => ({ name: `f${at}`, content })));
      const [a, b] = [await withLayer(lots('a')), await withLayer(lots('b'))];
      const command = `"$0" harness/cli/main.ts diff ${flag} --max-diffs 2000 ${a} ${b} | head -c 10; exit "\${PIPESTATUS[0]}"`;
      const words = ['-c', command, process.execPath];
      const { exitCode, stderr } = await execa('bash', words, { cwd: ROOT, reject: false });
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    },
  );

  test('is told when a file is too large to be looked into', async () => {
    const large = (last: string): Buffer =>
      tar([{ name: 'large', content: Buffer.concat([Buffer.alloc(33 * 2 ** 20), Buffer.from(last)]) }]);
    const [a, b] = [await withLayer(large('a')), await withLayer(large('b'))];
    const { stdout, exitCode } = await twinproof(['diff', a, b]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/large/);
    expect(stdout).toContain('not looked at: too large');
  });
});
