import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { tar } from '../../testing/oci/tar/tar.ts';
import { openImage } from '../open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { parseChallenges } from './challenge.ts';
import { findCredentials } from './credentials.ts';
import { parseRegistryName } from './name.ts';
import { OPTIONS, startRegistry, type Trick } from '../../testing/oci/registry/registry.ts';

const layer = tar([{ name: 'a', content: 'hello' }]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SECRET = base64('me:secret:with:colons');

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Files below a home of its own, by their path in it. */
async function atHome(files: Record<string, unknown>): Promise<{ path: string }> {
  const home = await scratch();
  onTestFinished(() => home[Symbol.asyncDispose]());
  for (const [name, json] of Object.entries(files)) {
    await mkdir(join(home.path, name, '..'), { recursive: true });
    await writeFile(join(home.path, name), JSON.stringify(json));
  }
  vi.stubEnv('HOME', home.path);
  vi.stubEnv('XDG_RUNTIME_DIR', join(home.path, 'run'));
  for (const name of ['XDG_CONFIG_HOME', 'DOCKER_CONFIG', 'REGISTRY_AUTH_FILE']) vi.stubEnv(name, '');
  return home;
}

const entry = (user: string) => ({ auth: base64(`${user}:x`) });
const userFor = async (name: string): Promise<string | undefined> =>
  (await findCredentials(parseRegistryName(`//${name}`), undefined))?.user;

describe('credentials', () => {
  it('come from the usual places in their order, the most exact key first', async () => {
    await atHome({
      'run/containers/auth.json': { auths: { 'a.example/one': entry('runtime') } },
      '.config/containers/auth.json': {
        auths: { 'a.example': entry('config'), 'a.example/one/two': entry('deep') },
      },
      '.docker/config.json': {
        auths: {
          'https://b.example/v1/': entry('old'),
          'https://index.docker.io/v1/': entry('hub'),
          'c.example': { identitytoken: 'token', auth: base64('<token>:') },
        },
      },
    });
    expect(await userFor('a.example/one/two')).toBe('runtime');
    expect(await userFor('a.example/other')).toBe('config');
    expect(await userFor('b.example/x')).toBe('old');
    expect(await userFor('debian')).toBe('hub');
    expect(await userFor('nowhere.example/x')).toBeUndefined();
    const token = await findCredentials(parseRegistryName('//c.example/x'), undefined);
    expect(token).toMatchObject({ secret: 'token', isToken: true });
  });

  it('come from REGISTRY_AUTH_FILE or a named file alone, where there is one', async () => {
    const home = await atHome({
      'named.json': { auths: { 'a.example': entry('named') } },
      '.docker/config.json': { auths: { 'b.example': entry('docker') } },
    });
    vi.stubEnv('REGISTRY_AUTH_FILE', join(home.path, 'named.json'));
    expect(await userFor('a.example/x')).toBe('named');
    expect(await userFor('b.example/x')).toBeUndefined();
    await expect(findCredentials(parseRegistryName('//x.example/x'), '/not/there')).rejects.toMatchObject({
      code: 'usage',
      message: 'the file of credentials cannot be read: ENOENT',
    });
  });

  it('come from helpers; one that has none leaves it to the files, one that fails ends it', async () => {
    const home = await atHome({
      '.docker/config.json': {
        auths: { 'b.example': entry('file') },
        credHelpers: { 'c.example': 'broken', 'd.example': '../evil' },
        credsStore: 'store',
      },
    });
    const script = async (name: string, text: string): Promise<void> => {
      await writeFile(join(home.path, `docker-credential-${name}`), `#!/bin/sh\n${text}\n`);
      await chmod(join(home.path, `docker-credential-${name}`), 0o755);
    };
    await script(
      'store',
      `[ "$1" = get ] && read -r key; case "$key" in a.example) echo '{"Username":"<token>","Secret":"s"}';; ` +
        `*) echo 'credentials not found in native keychain'; exit 1;; esac`,
    );
    await script('broken', 'echo "the keyring is locked"; exit 1');
    vi.stubEnv('PATH', home.path + delimiter + (process.env.PATH ?? ''));
    const found = await findCredentials(parseRegistryName('//a.example/x'), undefined);
    expect(found).toEqual({ user: '<token>', secret: 's', isToken: true });
    expect(await userFor('b.example/x')).toBe('file');
    await expect(userFor('c.example/x')).rejects.toThrow('the keyring is locked');
    await expect(userFor('d.example/x')).rejects.toThrow('not the name of a credential helper');
  });
});

describe('parseChallenges', () => {
  it('reads what registries send', () => {
    const [bearer, basic] = parseChallenges(
      'Bearer realm="https://auth.example/token",service="a \\"b\\"", scope="x:y,z", Basic realm=plain',
    );
    expect(bearer?.scheme).toBe('bearer');
    expect(Object.fromEntries(bearer?.parameters ?? [])).toEqual({
      realm: 'https://auth.example/token',
      service: 'a "b"',
      scope: 'x:y,z',
    });
    expect([basic?.scheme, basic?.parameters.get('realm')]).toEqual(['basic', 'plain']);
  });

  it('takes anything without failing or hanging', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (text) => {
        expect(Array.isArray(parseChallenges(text))).toBe(true);
      }),
    );
    expect(parseChallenges(`Bearer ${'a="'.repeat(5000)}`)).toBeInstanceOf(Array);
  });
});

/** Lets nobody in without a header that `fits`. */
const guarded =
  (offer: string, fits: (authorization: string) => boolean): Trick =>
  (request, response) => {
    if (request.url?.startsWith('/v2/') !== true || fits(request.headers.authorization ?? '')) return false;
    response.writeHead(401, { 'www-authenticate': offer }).end();
    return true;
  };

async function layout() {
  const folder = await scratch();
  await writeLayout(folder.path, { layers: [layer] });
  return folder;
}

/** Opens an image and reads its layers. */
async function readAll(reference: string): Promise<void> {
  const image = await openImage(reference, { registry: OPTIONS });
  for (const { descriptor } of image.layers) {
    const pieces = image.readBlob(descriptor)[Symbol.asyncIterator]();
    while ((await pieces.next()).done !== true);
  }
  await image.close();
}

describe('login', () => {
  it('sends user and password when the registry asks for them, and says so when there are none', async () => {
    await using folder = await layout();
    await using registry = await startRegistry(
      folder.path,
      guarded('Basic realm="r"', (header) => header === `Basic ${SECRET}`),
    );
    const reference = `docker://${registry.host}/r/image`;
    const home = await atHome({});
    await expect(readAll(reference)).rejects.toMatchObject({
      code: 'input-unavailable',
      message: 'asks for user and password',
      hint: `log in with: podman login ${registry.host}, or docker login`,
    });
    const file = join(home.path, '.config/containers/auth.json');
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, JSON.stringify({ auths: { [registry.host]: { auth: base64('me:wrong') } } }));
    const wrong = await readAll(reference).catch((error: unknown) => error as Error);
    expect(JSON.stringify(wrong) + String(wrong)).not.toContain(base64('me:wrong'));
    expect(wrong).toMatchObject({ code: 'input-unavailable' });
    await writeFile(file, JSON.stringify({ auths: { [registry.host]: { auth: SECRET } } }));
    await readAll(reference);
  });

  it('gets tokens, anonymous ones too, only for pulling, and a new one when one has run out', async () => {
    await using folder = await layout();
    let given = 0;
    let uses = 0;
    const questions: string[] = [];
    await using tokens = await startRegistry(folder.path, (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      questions.push(`${url.searchParams.get('scope') ?? ''} ${url.searchParams.get('service') ?? ''}`);
      response.end(JSON.stringify({ access_token: `t${++given}`, expires_in: 60 }));
      return true;
    });
    const offer = `Bearer realm="http://${tokens.host}/token",service="svc",scope="repository:other:push,pull"`;
    // Each token is good for two requests.
    const fits = (header: string): boolean => header === `Bearer t${given}` && ++uses % 3 !== 0;
    await using registry = await startRegistry(folder.path, guarded(offer, fits));
    await atHome({});
    await readAll(`docker://${registry.host}/r/image`);
    expect(given).toBeGreaterThan(1);
    expect(new Set(questions)).toEqual(new Set(['repository:r/image:pull svc']));
    expect(tokens.requests.every((line) => !line.includes('Basic'))).toBe(true);
  });

  it('never takes credentials to where the registry redirects, nor answers a login there', async () => {
    await using folder = await layout();
    await using elsewhere = await startRegistry(folder.path);
    await using registry = await startRegistry(folder.path, (request, response) => {
      const denied = guarded('Basic realm="r"', (header) => header === `Basic ${SECRET}`);
      if (denied(request, response)) return true;
      if (request.url?.includes('/blobs/') !== true) return false;
      response.writeHead(307, { location: `http://${elsewhere.host}${request.url}` }).end();
      return true;
    });
    await atHome({
      '.docker/config.json': { auths: { [registry.host]: { auth: SECRET } } },
    });
    await readAll(`docker://${registry.host}/r/image`);
    expect(registry.requests.some((line) => line.endsWith(' Basic'))).toBe(true);
    expect(elsewhere.requests.length).toBeGreaterThan(0);
    expect(elsewhere.requests.every((line) => !line.includes('Basic'))).toBe(true);

    await using greedy = await startRegistry(folder.path, (_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="give"' }).end();
      return true;
    });
    await using luring = await startRegistry(folder.path, (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response.writeHead(307, { location: `http://${greedy.host}/` }).end();
      return true;
    });
    await atHome({
      '.docker/config.json': { auths: { [luring.host]: { auth: SECRET }, [greedy.host]: { auth: SECRET } } },
    });
    await expect(readAll(`docker://${luring.host}/r/image`)).rejects.toMatchObject({
      code: 'input-unavailable',
    });
    expect(greedy.requests.every((line) => !line.includes('Basic'))).toBe(true);
  });
});
