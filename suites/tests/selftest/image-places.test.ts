import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startRegistry } from '../../../harness/testing/oci/registry/registry.ts';
import { writeLayout } from '../../../harness/testing/oci/image.ts';
import { tar, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { ROOT, temporaryFolder, twinproof, until } from './support.ts';

const layer = tar([{ name: 'etc/file', content: 'hello\n' }]);

describe('diff, interrupted', () => {
  test('leaves nothing in scratch', async () => {
    await using folder = await temporaryFolder();
    const layout = join(folder.path, 'layout');
    await writeLayout(layout, { layers: [layer] });
    // The config comes; the layer never ends.
    let blobs = 0;
    await using registry = await startRegistry(layout, (request, response) => {
      if (request.url?.includes('/blobs/') !== true || ++blobs < 2) return false;
      response.writeHead(200).write('x');
      return true;
    });
    const cache = join(folder.path, 'cache');
    const inScratch = (): Promise<string[]> => readdir(join(cache, 'scratch')).catch(() => []);
    const words = ['diff', `oci:${layout}`, `docker://${registry.host}/image`];
    const running = execa(process.execPath, [join(ROOT, 'harness/cli/main.ts'), ...words], {
      env: { TWINPROOF_CACHE: cache },
      reject: false,
    });
    await until('the layer is asked for', () => Promise.resolve(blobs > 1), 60);
    expect(await inScratch()).toHaveLength(1);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    expect(await inScratch()).toEqual([]);
  });
});

/** What containerd's image store exports through Docker 25 and later: a layout, with the old list beside it. */
async function containerdArchive(layout: string): Promise<Buffer> {
  const names = await readdir(join(layout, 'blobs/sha256'));
  const entries: TestEntry[] = [];
  for (const name of names) {
    const path = `blobs/sha256/${name}`;
    entries.push({ name: path, content: await readFile(join(layout, path)) });
  }
  const index = await readFile(join(layout, 'index.json'));
  const { manifests } = JSON.parse(index.toString()) as { manifests: { digest: string }[] };
  const digest = manifests[0]?.digest ?? '';
  const manifest = JSON.parse(
    (await readFile(join(layout, 'blobs', digest.replace(':', '/')))).toString(),
  ) as { config: { digest: string }; layers: { digest: string }[] };
  const at = ({ digest: blob }: { digest: string }): string => `blobs/${blob.replace(':', '/')}`;
  const list = [{ Config: at(manifest.config), RepoTags: ['image:1'], Layers: manifest.layers.map(at) }];
  return tar([
    ...entries,
    { name: 'index.json', content: index },
    { name: 'manifest.json', content: JSON.stringify(list) },
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
  ]);
}

/** As much of an engine as it takes to export one image; none with containerd's store is at hand here. */
async function startEngine(socket: string, archive: Buffer): Promise<AsyncDisposable> {
  const json = (response: ServerResponse, value: unknown): void => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').split('?', 1)[0] ?? '';
    if (path === '/_ping') response.end('OK');
    else if (path === '/version') json(response, { Version: '28.0.0', ApiVersion: '1.48', Arch: 'amd64' });
    else if (path === '/info') json(response, { OperatingSystem: 'x', NCPU: 1, MemTotal: 2 ** 30 });
    else if (path === '/images/image:1/json') json(response, { Id: 'sha256:0' });
    else if (path === '/images/image:1/get') response.end(archive);
    else response.writeHead(404).end('{"message":"no such image"}');
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('docker-daemon: with the layout of Docker 25 and later', () => {
  test('has the real manifest, and is a docker-archive: as well', async () => {
    await using folder = await temporaryFolder();
    const layout = await writeLayout(join(folder.path, 'layout'), { layers: [layer, layer] });
    const archive = await containerdArchive(join(folder.path, 'layout'));
    const socket = join(folder.path, 'engine.sock');
    const engine = await startEngine(socket, archive);
    onTestFinished(() => engine[Symbol.asyncDispose]());
    const env = { DOCKER_HOST: `unix://${socket}` };
    const { stdout, stderr } = await twinproof(['diff', layout, 'docker-daemon:image:1'], { env });
    expect(stdout, stderr).toMatch(/^equal at manifest/);
    const file = join(folder.path, 'image.tar');
    await writeFile(file, archive);
    const saved = await twinproof(['diff', layout, `docker-archive:${file}:image:1`]);
    expect(saved.stdout, saved.stderr).toMatch(/^equal at config/);
  });
});
