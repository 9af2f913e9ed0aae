import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ar } from '../testing/inside/ar.ts';
import { zip } from '../testing/inside/zip.ts';
import { Budget } from './budget.ts';
import { Digests } from './digests.ts';
import { lookInside } from './look.ts';
import type { Followed, InsideDiff } from './types.ts';

const all = (node: InsideDiff | null): Followed[] =>
  node === null ? [] : [...(node.follows ?? []), ...node.children.flatMap(all)];

/** What follows in each file of two images. */
async function follows(files: Record<string, [Buffer, Buffer]>): Promise<Record<string, string[]>> {
  const digests = new Digests();
  const nodes: [string, InsideDiff | null][] = [];
  for (const [path, [a, b]] of Object.entries(files))
    nodes.push([path, await lookInside(a, b, new Budget(), { path, digests })]);
  return Object.fromEntries(
    nodes.map(([path, node]) => [
      path,
      node === null ? [] : all(digests.marked(node, path)).map(({ of }) => of),
    ]),
  );
}

const hash = (name: string, of: string, form: 'hex' | 'base64' | 'base64url' = 'hex'): string =>
  createHash(name).update(of).digest(form);
const pair = (make: (content: string) => string | Buffer): [Buffer, Buffer] =>
  ['red\n', 'blue\n'].map((content) => Buffer.from(make(content))) as [Buffer, Buffer];

describe('digests among what differs', () => {
  it.each([
    ['md5', (of: string) => `${hash('md5', of)}  x\n`],
    ['sha1', (of: string) => `SHA1 (x) = ${hash('sha1', of)}\n`],
    ['sha256 in base64', (of: string) => `x,sha256=${hash('sha256', of, 'base64url')},4\n`],
    ['integrity', (of: string) => `"integrity": "sha512-${hash('sha512', of, 'base64')}"\n`],
    ['path of a blob', (of: string) => `blobs/sha256/${hash('sha256', of)}\n`],
    ['crc32', (of: string) => `${crc32(of).toString(16).padStart(8, '0')} x\n`],
  ])('%s of another file, whichever is looked at first', async (_, line) => {
    const files = { 'etc/sums': pair(line), 'etc/x': pair((content) => content) };
    expect(await follows(files)).toEqual({ 'etc/sums': ['etc/x'], 'etc/x': [] });
  });

  it('of a member of the same archive rather than of another file', async () => {
    const jar = pair((content) =>
      zip([
        { name: 'META-INF/MANIFEST.MF', content: `SHA-256-Digest: ${hash('sha256', content, 'base64')}\n` },
        { name: 'x', content },
      ]),
    );
    const deb = pair((content) =>
      ar([
        { name: 'md5sums', content: `${hash('md5', content)}  usr/x\n` },
        { name: 'x', content },
      ]),
    );
    const found = await follows({ 'a.jar': jar, 'a.deb': deb, x: pair((content) => content) });
    expect(found).toEqual({ 'a.jar': ['a.jar > x'], 'a.deb': ['a.deb > x'], x: [] });
  });

  it('are none where only one side is that of the content', async () => {
    const wrong = [hash('sha256', 'red\n'), hash('sha256', 'green\n')].map((text) =>
      Buffer.from(`${text}\n`),
    );
    const files = { sums: wrong as [Buffer, Buffer], x: pair((content) => content) };
    expect(await follows(files)).toEqual({ sums: [], x: [] });
  });
});
