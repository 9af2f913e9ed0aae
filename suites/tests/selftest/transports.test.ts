import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareImages } from '../../../harness/compare/compare.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { openImage } from '../../../harness/oci/open.ts';
import { tar, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { writeLayout } from '../../../harness/testing/oci/image.ts';
import type { OciImage } from '../../../harness/oci/types.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { skopeoCopy, startDockerRegistry, type RunningRegistry } from './docker-registry.ts';
import { temporaryFolder, twinproof, until } from './support.ts';

const entries: TestEntry[] = [
  { name: 'etc/', type: 'dir', mode: 0o755, mtime: '1700000000' },
  { name: 'etc/file', content: 'hello\n', mtime: '1700000001.5', xattrs: { 'user.a': 'b' } },
  { name: 'etc/link', type: 'symlink', linkname: 'file', mtime: '1700000000' },
  { name: 'etc/hard', type: 'hardlink', linkname: 'etc/file', mtime: '1700000001.5' },
];
const other = entries.map((entry) => (entry.name === 'etc/file' ? { ...entry, content: 'hallo\n' } : entry));
const second = tar([{ name: 'bin', type: 'symlink', linkname: 'usr/bin', mtime: '1700000000' }]);

const PLACES = [
  'oci',
  'oci-archive',
  'docker-archive',
  'gzip',
  'dir',
  'docker-daemon',
  'containers-storage',
  'docker',
];

describe('the same image in every place', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let registry: RunningRegistry;
  const images = new Map<string, OciImage>();
  const changed = new Map<string, OciImage>();
  const tagged = `twinproof-selftest-places-${process.pid}`;

  /** Where a copy of a layout lies, once skopeo has put it there. */
  const put = async (layout: string, place: string, name: string): Promise<string> => {
    const at = join(folder.path, `${place}-${name}`);
    const storage = `[vfs@${folder.path}/storage+${folder.path}/run]`;
    const targets: Record<string, string> = {
      oci: `oci:${at}:tag`,
      'oci-archive': `oci-archive:${at}:tag`,
      'docker-archive': `docker-archive:${at}:image:tag`,
      dir: `dir:${at}`,
      'docker-daemon': `docker-daemon:${tagged}:${name}`,
      'containers-storage': `containers-storage:${storage}image:${name}`,
      docker: `docker://${registry.host}/image:${name}`,
    };
    if (place === 'gzip') {
      await execa('gzip', ['--keep', join(folder.path, `docker-archive-${name}`)]);
      return join(folder.path, `docker-archive-${name}.gz`);
    }
    const target = targets[place] ?? '';
    await skopeoCopy(layout, target);
    return target;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    registry = await startDockerRegistry(join(folder.path, 'registry'));
    for (const [name, content, map] of [
      ['one', entries, images],
      ['two', other, changed],
    ] as const) {
      const layout = await writeLayout(join(folder.path, name), { layers: [tar(content), second] });
      for (const place of PLACES) map.set(place, await openImage(await put(layout, place, name)));
    }
  });

  afterAll(async () => {
    for (const image of [...images.values(), ...changed.values()]) await image.close();
    const engine = await connectEngine();
    for (const name of ['one', 'two']) await engine.images.remove(`${tagged}:${name}`);
    await registry[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const pairs = PLACES.flatMap((a, at) => PLACES.slice(at).map((b): [string, string] => [a, b]));

  test.each(pairs)('is equal in %s and %s', async (a, b) => {
    const [one, two] = [images.get(a), images.get(b)];
    if (one === undefined || two === undefined) throw new Error('not there');
    const result = await compareImages(one, two);
    expect(result).toMatchObject({ identical: true, entries: [], config: [] });
  });

  test.each(PLACES)('is not equal to a changed one in %s, and only that is named', async (place) => {
    const [one, two] = [images.get('oci'), changed.get(place)];
    if (one === undefined || two === undefined) throw new Error('not there');
    const result = await compareImages(one, two);
    expect(result).toMatchObject({ identical: false, rung: 'none' });
    expect(result.entries.map(({ path, fields }) => [path, fields])).toEqual([
      ['etc/file', ['content']],
      ['etc/hard', ['content']],
    ]);
  });

  test('is not there: each place says so in one line', async () => {
    const layout = `oci:${join(folder.path, 'one')}`;
    for (const missing of [
      `docker-daemon:${tagged}:none`,
      `containers-storage:[vfs@${folder.path}/storage+${folder.path}/run]none`,
      `docker://${registry.host}/image:none`,
      `dir:${folder.path}/none`,
    ]) {
      const { exitCode, stdout, stderr } = await twinproof(['diff', layout, missing]);
      expect([exitCode, stdout, stderr.split('\n').length], stderr).toEqual([2, '', 1]);
    }
    const env = { PATH: join(folder.path, 'nothing') };
    const { stderr } = await twinproof(['diff', layout, 'containers-storage:image'], { env });
    expect(stderr).toContain('unsupported: containers-storage is read through skopeo, podman or buildah');
  });

  test('out of an archive of old Docker is what docker load makes of it', async () => {
    const id = (digit: string): string => digit.repeat(64);
    const json = (own: string, parent: object) => ({
      id: id(own),
      ...parent,
      created: '2015-11-03T19:48:17.142367193Z',
      container_config: { Cmd: ['/bin/sh', '-c', `#(nop) ADD <${own}> & more`] },
      docker_version: '1.9.1',
      config: { Cmd: ['sh'] },
      architecture: 'amd64',
      os: 'linux',
      Size: 5,
    });
    const layer = (own: string, parent: object, content: Buffer): TestEntry[] => [
      { name: `${id(own)}/`, type: 'dir', mode: 0o755 },
      { name: `${id(own)}/VERSION`, content: '1.0' },
      { name: `${id(own)}/json`, content: JSON.stringify(json(own, parent)) },
      { name: `${id(own)}/layer.tar`, content },
    ];
    const name = `${tagged}-old`;
    const archive = tar([
      ...layer('1', {}, tar(entries)),
      ...layer('2', { parent: id('1') }, second),
      { name: 'repositories', content: JSON.stringify({ [name]: { latest: id('2') } }) },
    ]);
    const file = join(folder.path, 'old.tar');
    await writeFile(file, archive);
    const { images } = await connectEngine();
    await images.load(Readable.from([gzipSync(archive)]));
    try {
      const loaded = await images.find(name);
      await using image = await closing(`docker-archive:${file}`);
      expect(image.config.digest).toBe(loaded?.id);
    } finally {
      await images.remove(name);
    }
  });
});

/** An image that is closed when its scope ends. */
async function closing(reference: string): Promise<OciImage & AsyncDisposable> {
  const image = await openImage(reference);
  return { ...image, [Symbol.asyncDispose]: () => image.close() };
}

const podman = findTool('podman');

describe.skipIf(podman === null || process.getuid?.() !== 0)('docker-daemon: of podman', () => {
  test('is read through its socket', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'run'));
    const layout = await writeLayout(join(folder.path, 'layout'), { layers: [tar(entries), second] });
    const at = ['--root', join(folder.path, 'storage'), '--runroot', join(folder.path, 'run')];
    const socket = `unix://${join(folder.path, 'podman.sock')}`;
    const storage = `[vfs@${folder.path}/storage+${folder.path}/run]`;
    await skopeoCopy(layout, `containers-storage:${storage}localhost/image:1`);
    const words = [
      ...at,
      '--storage-driver',
      'vfs',
      '--cgroup-manager',
      'cgroupfs',
      'system',
      'service',
      '--time=0',
      socket,
    ];
    const service = execa('podman', words, { reject: false, stdio: 'ignore' });
    const env = { DOCKER_HOST: socket };
    try {
      const ready = async (): Promise<boolean> =>
        (await twinproof(['doctor'], { env })).stdout.includes('engine: Podman');
      await until('podman answers', ready, 60);
      const { stdout, stderr } = await twinproof(['diff', layout, 'docker-daemon:localhost/image:1'], {
        env,
      });
      expect(stdout.split('\n')[0], stderr).toMatch(/^equal at config/);
    } finally {
      service.kill();
      await service;
    }
  });
});
