import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { createCleartextMessage, generateKey, readKey, readPrivateKey, sign } from 'openpgp';
import { sha256Hex } from '../../../harness/model/digest.ts';

/** A package that holds one small file; the lines go into its control file. */
export interface TinyDeb {
  name: string;
  version: string;
  lines?: string[];
  /** Files by path, in place of the small one. */
  files?: Record<string, Buffer>;
}

export interface DebRepository {
  folder: string;
  /** The keyring package, which is in the pool. */
  keyring: string;
  /** Signs a text as InRelease is signed. */
  sign: (text: string) => Promise<string>;
}

/** An archive as Debian lays one out: `pool/`, and `dists/tiny/` with a signed InRelease; .debs made by dpkg-deb. */
export async function makeDebRepository(folder: string, packages: TinyDeb[]): Promise<DebRepository> {
  const made = await generateKey({ userIDs: [{ name: 'archive' }], format: 'armored' });
  const signingKeys = await readPrivateKey({ armoredKey: made.privateKey });
  const publicKey = (await readKey({ armoredKey: made.publicKey })).write();
  const pool = join(folder, 'pool');
  await mkdir(pool, { recursive: true });
  for (const tiny of packages) await buildDeb(folder, tiny);
  const repository = {
    folder,
    keyring: await buildDeb(folder, {
      name: 'tiny-keyring',
      version: '1',
      files: { 'usr/share/keyrings/debian-archive-keyring.gpg': Buffer.from(publicKey) },
    }),
    sign: async (text: string) => sign({ message: await createCleartextMessage({ text }), signingKeys }),
  };
  await writeDists(repository);
  return repository;
}

async function buildDeb(folder: string, { name, version, lines = [], files }: TinyDeb): Promise<string> {
  const root = join(folder, '.build', `${name}-${version.replaceAll(':', '_')}`);
  for (const [path, bytes] of Object.entries(files ?? { [`usr/share/${name}`]: Buffer.from(name) })) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  await mkdir(join(root, 'DEBIAN'), { recursive: true });
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: Nobody <nobody@example.com>',
    ...lines,
    `Description: ${name}`,
  ];
  await writeFile(join(root, 'DEBIAN/control'), `${control.join('\n')}\n`);
  const file = `${name}_${version.replace(/^\d+:/, '')}_amd64.deb`;
  await execa('dpkg-deb', ['--build', '--root-owner-group', root, join(folder, 'pool', file)]);
  return `pool/${file}`;
}

/** Puts one more package into the pool and signs new indexes. */
export async function addDeb(repository: DebRepository, tiny: TinyDeb): Promise<void> {
  await buildDeb(repository.folder, tiny);
  await writeDists(repository);
}

async function writeDists(repository: DebRepository): Promise<void> {
  const { folder } = repository;
  const stanzas: string[] = [];
  for (const file of (await readdir(join(folder, 'pool'))).toSorted()) {
    const { stdout } = await execa('dpkg-deb', ['--field', join(folder, 'pool', file)]);
    const { size, sha256 } = await sumOf(join(folder, 'pool', file));
    stanzas.push(`${stdout}\nFilename: pool/${file}\nSize: ${size}\nSHA256: ${sha256}\n`);
  }
  const index = join(folder, 'dists/tiny/main/binary-amd64');
  await mkdir(index, { recursive: true });
  const text = Buffer.from(stanzas.join('\n'));
  await writeFile(join(index, 'Packages'), text);
  await writeFile(join(index, 'Packages.gz'), gzipSync(text));
  const listed = await Promise.all(
    ['Packages', 'Packages.gz'].map(async (name) => {
      const { size, sha256 } = await sumOf(join(index, name));
      return ` ${sha256} ${size} main/binary-amd64/${name}\n`;
    }),
  );
  const release = `Origin: Tiny
Suite: tiny
Codename: tiny
Date: ${new Date().toUTCString()}
Architectures: amd64
Components: main
SHA256:
${listed.join('')}`;
  await writeFile(join(folder, 'dists/tiny/InRelease'), await repository.sign(release));
}

export async function sumOf(path: string): Promise<{ size: number; sha256: string }> {
  const bytes = await readFile(path);
  return { size: bytes.length, sha256: sha256Hex(bytes) };
}
