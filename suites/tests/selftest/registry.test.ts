import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DiffResult } from '../../../harness/compare/types.ts';
import { writeBlob, writeImage, writeIndex, writeLayout } from '../../../harness/testing/oci/image.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
import { makeCertificates, type TestCertificates } from './certificates.ts';
import { skopeoCopy, startDockerRegistry, type RegistryConfig } from './docker-registry.ts';
import { temporaryFolder, twinproof } from './support.ts';
import { startTokenServer } from './token-server.ts';
import { sha256 } from '../../../harness/model/digest.ts';

const layers = [
  tar([
    { name: 'etc/', type: 'dir', mode: 0o755 },
    // skopeo remembers which compressed blobs it saw at which host and port, and takes those again.
    { name: 'etc/file', content: `${process.pid} ${Date.now()}\n` },
  ]),
  tar([{ name: 'large', content: Buffer.alloc(3_000_000, `${process.pid} ${Date.now()}`) }]),
];
const PASSWORD = 'me:pass:word';
const login = { auth: Buffer.from(PASSWORD).toString('base64') };

describe('docker://, against the real registry', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let certificates: TestCertificates;
  let layout: string;
  let number = 0;

  beforeAll(async () => {
    folder = await temporaryFolder();
    layout = await writeLayout(join(folder.path, 'layout'), { layers });
    certificates = await makeCertificates(folder.path);
  });

  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  const start = (config: RegistryConfig = {}) =>
    startDockerRegistry(join(folder.path, `registry-${number++}`), config);

  /** A home without or with credentials. */
  const home = async (hosts: Record<string, unknown> = {}): Promise<string> => {
    const path = join(folder.path, `home-${number++}`);
    await mkdir(join(path, '.docker'), { recursive: true });
    await writeFile(join(path, '.docker/config.json'), JSON.stringify({ auths: hosts }));
    return path;
  };

  const diff = async (words: string[], env: Record<string, string> = {}): Promise<DiffResult> => {
    const { stdout, stderr } = await twinproof(['diff', '--json', ...words], { env });
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout) as DiffResult;
  };

  const refused = async (words: string[], env: Record<string, string> = {}): Promise<string> => {
    const { exitCode, stdout, stderr } = await twinproof(['diff', ...words], { env });
    expect({ exitCode, stdout, lines: stderr.split('\n').length }, stderr).toEqual({
      exitCode: 2,
      stdout: '',
      lines: 1,
    });
    return stderr;
  };

  test('gives the same image by tag and by digest as skopeo sees, and leaves nothing in scratch', async () => {
    await using registry = await start();
    const name = `docker://${registry.host}/some/image:1`;
    await skopeoCopy(layout, name);
    const cache = join(folder.path, 'cache');
    const result = await diff([layout, name], { TWINPROOF_CACHE: cache });
    expect(result).toMatchObject({ rung: 'manifest', identical: true });
    const raw = await execa('skopeo', ['inspect', '--raw', '--tls-verify=false', name], {
      encoding: 'buffer',
      stripFinalNewline: false,
    });
    const digest = sha256(raw.stdout);
    expect(result.b.manifest).toBe(digest);
    expect(await readdir(join(cache, 'scratch'))).toEqual([]);
    const byDigest = `docker://${registry.host}/some/image@${digest}`;
    expect(await diff([name, byDigest])).toMatchObject({ rung: 'manifest' });
    expect(await refused([layout, `docker://${registry.host}/some/image:2`])).toContain('MANIFEST_UNKNOWN');
    expect(await refused([layout, `docker://${registry.host}/none:1`])).toContain('input-unavailable');
  });

  test('picks from an index that it knows by its digest', async () => {
    await using registry = await start();
    const path = join(folder.path, 'multi');
    const at = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    const amd = { ...(await writeImage(path, { layers })), ...at('amd64') };
    const arm = {
      ...(await writeImage(path, { layers: [], config: { architecture: 'arm64' } })),
      ...at('arm64'),
    };
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const index = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [amd, arm] });
    await writeIndex(path, [await writeBlob(path, Buffer.from(index), mediaType)]);
    const name = `docker://${registry.host}/multi:1`;
    await skopeoCopy(`oci:${path}`, name, '--all');
    const result = await diff([`oci:${path}`, name, '--platform', 'linux/arm64', '--rung', 'index']);
    expect(result).toMatchObject({ rung: 'index', identical: true, b: { manifest: arm.digest } });
    expect(await diff([name, layout, '--platform', 'linux/amd64'])).toMatchObject({ rung: 'manifest' });
    const none = [name, name, '--platform', 'linux/s390x'];
    expect(await refused(none)).toContain('it has linux/amd64, linux/arm64');
  });

  test('tells layers that were only compressed anew from other ones', async () => {
    await using registry = await start();
    const zstd = `docker://${registry.host}/image:zstd`;
    await skopeoCopy(layout, zstd, '--dest-compress-format', 'zstd');
    const again = await diff([layout, zstd, '--rung', 'manifest']);
    expect(again).toMatchObject({ rung: 'config', identical: false, entries: [] });
    expect(again.manifest.map(({ pointer }) => pointer)).toContain('/layers/0/mediaType');
    // What podman writes for lazy pulling: zstd with a table of contents in frames that readers skip.
    await using third = await start();
    const chunked = `docker://${third.host}/chunked:1`;
    await skopeoCopy(layout, `dir:${folder.path}/plain`, '--dest-decompress');
    await skopeoCopy(`dir:${folder.path}/plain`, chunked, '--dest-compress-format', 'zstd:chunked');
    const lazy = await diff([layout, chunked, '--rung', 'manifest']);
    expect(lazy).toMatchObject({ rung: 'config', entries: [] });
    expect(lazy.manifest.map(({ pointer }) => pointer)).toContain('/layers/0/annotations');
    // Through Docker's formats and back the config is written anew as well.
    await using another = await start();
    const docker = `docker://${another.host}/image:docker`;
    const odd = await writeLayout(join(folder.path, 'odd'), { layers, config: { unheardOf: true } });
    await skopeoCopy(odd, docker, '--format', 'v2s2', '--dest-compress-level', '1');
    await skopeoCopy(docker, `oci:${folder.path}/back:1`, '--format', 'oci');
    const back = await diff([odd, `oci:${folder.path}/back:1`]);
    expect(back).toMatchObject({ rung: 'layers', identical: false, entries: [] });
  });

  test('asks for a password, by files, by --authfile and by helper', async () => {
    const { stdout } = await execa('htpasswd', ['-Bbn', 'me', 'pass:word']);
    const path = join(folder.path, 'htpasswd');
    await writeFile(path, stdout);
    await using registry = await start({ auth: { htpasswd: { realm: 'selftest', path } } });
    const name = `docker://${registry.host}/image:1`;
    await skopeoCopy(layout, name, '--dest-creds', PASSWORD);
    expect(await refused([layout, name], { HOME: await home() })).toContain('asks for user and password');
    const wrong = { [registry.host]: { auth: Buffer.from('me:wrong').toString('base64') } };
    expect(await refused([layout, name], { HOME: await home(wrong) })).toContain('podman login');
    const right = await home({ [registry.host]: login });
    expect(await diff([layout, name], { HOME: right })).toMatchObject({ rung: 'manifest' });
    const file = join(right, '.docker/config.json');
    const none = await home();
    expect(await diff([layout, name, '--authfile', file], { HOME: none })).toMatchObject({
      rung: 'manifest',
    });
    const boot = (...words: string[]) => twinproof(['boot', name, ...words], { env: { HOME: none } });
    expect((await boot()).stderr).toContain('asks for user and password');
    expect((await boot('--authfile', file)).stdout).toContain('it has no kernel in /usr/lib/modules');
    const bin = join(folder.path, 'bin');
    await mkdir(bin, { recursive: true });
    const answer = JSON.stringify({ Username: 'me', Secret: 'pass:word' });
    await writeFile(join(bin, 'docker-credential-test'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    await writeFile(join(none, '.docker/config.json'), '{"credsStore":"test"}');
    const env = { HOME: none, PATH: `${bin}:${process.env.PATH ?? ''}` };
    expect(await diff([layout, name], env)).toMatchObject({ rung: 'manifest' });
  });

  test('takes tokens, with a password and without one', async () => {
    await using tokens = await startTokenServer(PASSWORD, certificates);
    const token = {
      realm: tokens.realm,
      service: 'selftest registry',
      issuer: 'selftest',
      rootcertbundle: certificates.ca,
    };
    await using registry = await start({ auth: { token } });
    for (const repository of ['open/image', 'closed/image'])
      await skopeoCopy(layout, `docker://${registry.host}/${repository}:1`, '--dest-creds', PASSWORD);
    tokens.asked.length = 0;
    const open = `docker://${registry.host}/open/image:1`;
    expect(await diff([layout, open], { HOME: await home() })).toMatchObject({ rung: 'manifest' });
    const closed = `docker://${registry.host}/closed/image:1`;
    expect(await refused([layout, closed], { HOME: await home() })).toContain('its token server: HTTP 401');
    const env = { HOME: await home({ [registry.host]: login }) };
    expect(await diff([layout, closed], env)).toMatchObject({ rung: 'manifest' });
    expect(tokens.asked).toEqual([
      '- repository:open/image:pull',
      '- repository:closed/image:pull',
      'me repository:closed/image:pull',
    ]);
  });

  test('is only spoken to by TLS with an authority that is known, or when told so', async () => {
    await using registry = await start({ tls: certificates });
    const name = `docker://${registry.host}/image:1`;
    await skopeoCopy(layout, name);
    expect(await refused([layout, name])).toMatch(/TLS: \w+ .*--tls-verify=false/);
    const own = await home();
    const folderOfHost = join(own, '.config/containers/certs.d', registry.host);
    await mkdir(folderOfHost, { recursive: true });
    await copyFile(certificates.ca, join(folderOfHost, 'ca.crt'));
    const ways: [string[], Record<string, string>][] = [
      [[], { HOME: own }],
      [[], { NODE_EXTRA_CA_CERTS: certificates.ca }],
      [[], { SSL_CERT_FILE: certificates.ca }],
      [['--tls-verify=false'], {}],
    ];
    for (const [words, env] of ways) {
      expect(await diff([layout, name, ...words], env), JSON.stringify(env)).toMatchObject({
        rung: 'manifest',
      });
    }
    const boot = await twinproof(['boot', name, '--tls-verify', 'false']);
    expect(boot.stdout, boot.stderr).toContain('it has no kernel in /usr/lib/modules');
  });

  test('may not lead from TLS to plain HTTP', async () => {
    const [key, cert] = await Promise.all([readFile(certificates.key), readFile(certificates.certificate)]);
    const server = createServer({ key, cert }, (request, response) => {
      const leads = request.url !== '/v2/';
      response.writeHead(leads ? 307 : 200, leads ? { location: 'http://example.org/' } : {}).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const name = `docker://127.0.0.1:${(server.address() as AddressInfo).port}/image:1`;
    const env = { NODE_EXTRA_CA_CERTS: certificates.ca };
    expect(await refused([layout, name], env)).toContain('a redirect from HTTPS to plain HTTP');
  });
});
