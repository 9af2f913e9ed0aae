import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelPackage } from '../boot/guest/kernel.ts';
import { lockedArch, stageInputs } from '../rebuild/inputs.ts';
import { namedLock } from '../rebuild/named-lock.ts';
import { loadCatalog } from '../catalog/load.ts';
import { catalogJsonSchema } from '../catalog/schema.ts';
import type { Catalog } from '../catalog/types.ts';
import { CLAIMS } from '../claims/registry.ts';
import { sha256 } from '../model/digest.ts';
import { parseLock, readLock } from '../lock/parse.ts';
import { formatLock } from '../lock/write.ts';
import { compareWithLock } from '../packages/compare-lock.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import type { Ecosystem } from '../packages/ecosystem.ts';
import { database, lines } from '../packages/files.ts';
import { findOwners, isOwnershipPath, packagesWithoutList } from '../packages/owners.ts';
import { databaseIn } from '../packages/places.ts';
import { ECOSYSTEMS, belongsToDatabase, ecosystemsTable } from '../packages/registry.ts';

// What somebody adds from outside: one value, in a folder of its own, and named in one place, `with(…)`.

const inToy = databaseIn('var/lib/toy');

const toy: Ecosystem = {
  id: 'toy',
  purlType: 'generic',
  databases: '`installed` of `/var/lib/toy`',
  belongs: inToy(''),
  read: {
    paths: inToy('installed$'),
    packages: (files) =>
      [...files].map(([path, bytes]) => {
        const packages = lines(bytes).filter((line) => line !== '');
        return database(
          'toy',
          [path],
          packages.map((line) => {
            const [name = '', version = '', architecture = ''] = line.split(' ');
            return { name, version, architecture };
          }),
        );
      }),
  },
  owners: {
    paths: inToy('files$'),
    readers: [
      (paths, read, claim) => {
        for (const line of paths.flatMap((path) => lines(read(path))))
          claim(line.split(' ')[1] ?? '', { name: line.split(' ')[0] ?? '', version: '1' });
      },
    ],
  },
  withoutFiles: (_, packages) => packages.filter(({ name }) => name === 'lost'),
  kernel: ({ name, version }, { release }) => (name === 'toy-kernel' ? version === release : null),
  lock: {
    kind: 'toy',
    stem: 'toys',
    vendor: 'toymaker',
    complete: false,
    oneVersion: true,
    sortBy: 'name',
    compareVersions: (a, b) => Number(a) - Number(b),
    architectureIn: (file) => /\.(\w+)\.toy$/.exec(file)?.[1] ?? null,
    readNames: async (path) => {
      const [name = '', version = ''] = (await readFile(path, 'utf8')).split(' ');
      return name === 'toy' ? 'this is no toy' : { name, version, architecture: null };
    },
  },
};

const ecosystems = ECOSYSTEMS.with(toy);
const url = (name: string): string => `https://example.org/${name}.x86_64.toy`;
const entry = (name: string): string => `  - { url: '${url(name)}', repoid: r }\n`;
const lockText = (...names: string[]): string =>
  `lockfileVersion: 1\narches:\n- arch: x86_64\n  packages:\n${names.map(entry).join('')}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extend-'));
  await writeFile(join(folder, 'Containerfile'), 'FROM scratch\n');
  await writeFile(join(folder, 'toys.lock.yaml'), lockText('b', 'a'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(known = ecosystems): Promise<Catalog> {
  const path = join(folder, 'catalog.yaml');
  await writeFile(
    path,
    `version: 1\nname: t\nbuilder: { definition: . }\ndefaults: { sourceDateEpoch: 5 }\nsubjects:\n` +
      `  - { image: app, recipe: { containerfile: Containerfile }, lock: toys.lock.yaml }\n`,
  );
  return loadCatalog(path, { claims: CLAIMS, ecosystems: known });
}

test('a catalog may name its lock, and the schema says so', async () => {
  expect((await load()).subjects[0]?.lock).toMatchObject({ kind: 'toy' });
  await expect(load(ECOSYSTEMS)).rejects.toThrow('a lock must be named debs.lock.yaml or rpms.lock.yaml');
  expect(catalogJsonSchema(CLAIMS, ecosystems)).toContain('toys.lock.yaml');
  expect(catalogJsonSchema(CLAIMS)).not.toContain('toys.lock.yaml');
});

test('its lock is read and written by its rules', async () => {
  const lock = await readLock(join(folder, 'toys.lock.yaml'), ecosystems);
  expect(lock.kind).toBe('toy');
  await expect(readLock(join(folder, 'toys.lock.yaml'))).rejects.toThrow('of what packages it is');
  const complete = `${lockText('a')}    name: x\n    evr: '1'\n`.replace(/ {2}- \{ (.*) \}\n/, '  - $1\n');
  const named = complete.replace(/ {2}- (.*), (repoid: r)\n/, '  - $1\n    $2\n');
  expect(parseLock(named, 'toys.lock.yaml', ecosystems).arches[0]?.packages[0]?.name).toBe('x');
  const twice = `${named}${named.slice(named.indexOf('  - ')).replace('/a.', '/b.')}`;
  expect(() => parseLock(twice, 'toys.lock.yaml', ecosystems)).toThrow('the package is listed twice: "x"');
  expect(parseLock(twice, 'rpms.lock.yaml', ecosystems).arches[0]?.packages).toHaveLength(2);
  expect(formatLock(lock, ecosystems)).toContain('lockfileVendor: toymaker');
});

test('what the lock leaves out is read from the packages, which builds find below its own folder', async () => {
  const lock = await readLock(join(folder, 'toys.lock.yaml'), ecosystems);
  const cached = new Map<string, string>();
  for (const name of ['a', 'b']) {
    cached.set(url(name), join(folder, name));
    await writeFile(join(folder, name), `${name} 7`);
  }
  const { arches } = await namedLock(lock, 'amd64', cached, ecosystems);
  expect(arches[0]?.packages.map(({ name, evr }) => `${name} ${evr}`)).toEqual(['b 7', 'a 7']);
  const staged = join(folder, 'staged');
  await mkdir(staged);
  expect((await stageInputs(lock, 'amd64', cached, staged)).files).toBe(2);
  expect(await readFile(join(staged, 'toy/x86_64/r/a.x86_64.toy'), 'utf8')).toBe('a 7');
  await writeFile(join(folder, 'a'), 'toy');
  await expect(namedLock(lock, 'amd64', cached, ecosystems)).rejects.toThrow('this is no toy');
});

test('its database is read, and compared with the lock', async () => {
  const path = 'var/lib/toy/installed';
  expect([isPackageDatabasePath(path, ecosystems), isPackageDatabasePath(path)]).toEqual([true, false]);
  const files = new Map([[path, Buffer.from('b 7 x86_64\na 8 x86_64\nc 1 x86_64\n')]]);
  const installed = parsePackageDatabases(files, ecosystems);
  expect(installed.map(({ format, packages }) => [format, packages.length])).toEqual([['toy', 3]]);
  const lock = await readLock(join(folder, 'toys.lock.yaml'), ecosystems);
  const arch = lockedArch(lock, 'amd64');
  const packages = ['a', 'b'].map((name) => ({ url: url(name), repoid: 'r', name, evr: '7' }));
  if (arch === undefined) throw new Error('no architecture');
  expect(compareWithLock(installed, { ...arch, packages }, ecosystems)).toEqual({
    extra: ['c 1'],
    missing: [],
    otherVersion: [{ name: 'a', installed: '8', locked: '7' }],
  });
  // The architecture is in the name of the file.
  const foreign = packages.map((item) => ({ ...item, url: item.url.replace('x86_64', 'aarch64') }));
  const { otherVersion } = compareWithLock(installed, { ...arch, packages: foreign }, ecosystems);
  expect(otherVersion).toContainEqual({ name: 'b', installed: '7 (x86_64)', locked: '7 (aarch64)' });
});

test('owners of files, the kernel, and what belongs to its database are told', () => {
  const path = 'var/lib/toy/files';
  expect([isOwnershipPath(path, ecosystems), isOwnershipPath(path)]).toEqual([true, false]);
  const owners = findOwners([path], () => Buffer.from('a usr/bin/a\n'), new Set(['usr/bin/a']), ecosystems);
  expect(owners.get('usr/bin/a')).toEqual({ name: 'a', version: '1', format: 'toy' });
  expect(belongsToDatabase('var/lib/toy/lock', ecosystems)).toBe(true);
  const packages = ['toy-kernel', 'lost'].map((name) => ({ name, version: '6', architecture: '' }));
  const databases = [{ format: 'toy', paths: [], packages }];
  const running = { release: '6', version: '', kernel: '', initramfs: '' };
  expect(kernelPackage(running, databases, ecosystems)).toMatchObject({ name: 'toy-kernel', same: true });
  expect(packagesWithoutList([], databases, ecosystems).map(({ name }) => name)).toEqual(['lost']);
});

test('the table of the documentation explains it', () => {
  expect(ecosystemsTable(ecosystems)).toMatch(
    /\| `toy` +\| `installed` of `\/var\/lib\/toy` +\| `toys\.lock\.yaml` +\| `toys\.in\.yaml` +\| `toy\/` +\|/,
  );
});

test('the same packages always give the same lock', async () => {
  const lock = await readLock(join(folder, 'toys.lock.yaml'), ecosystems);
  const named = lock.arches.map((arch) => ({
    ...arch,
    packages: arch.packages.map((item, at) => ({ ...item, name: at === 0 ? 'z' : 'y', evr: '1' })),
  }));
  const [one, other] = [named, named.map((arch) => ({ ...arch, packages: arch.packages.toReversed() }))].map(
    (arches) => sha256(formatLock({ ...lock, arches }, ecosystems)),
  );
  expect(one).toBe(other);
});
