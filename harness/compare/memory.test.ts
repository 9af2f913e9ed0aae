import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { openImage } from '../oci/open.ts';
import { tar, type TestEntry } from '../oci/tar/test-tar.ts';
import { scratch, writeLayout } from '../oci/test-image.ts';
import { readPair } from './read-pair.ts';

const ENTRIES = 15_000;

function entries(mtime: string): TestEntry[] {
  return Array.from({ length: ENTRIES }, (_, at) => ({
    name: `usr/lib/package-${Math.floor(at / 30)}/file-${at}`,
    content: `content of ${at}`,
    ...{ mode: 0o644, uname: 'root', gname: 'root', mtime },
  }));
}

/** Bytes in use once what nobody needs has been collected. */
function used(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

it('takes less than 200 bytes for each entry of two images, however many differ', async () => {
  await using folder = await scratch();
  const open = async (name: string, mtime: string) =>
    openImage(
      await writeLayout(`${folder.path}/${name}`, {
        layers: [tar(entries(mtime), 'ustar')],
        compress: 'none',
      }),
    );
  const [a, b] = [await open('a', '1700000000'), await open('b', '1700000001')];
  const before = used();
  const pair = await readPair(a, b, false);
  const each = (used() - before) / (2 * ENTRIES);
  // What is measured must still be there.
  expect([pair.a.trailers.length, pair.b.trailers.length]).toEqual([1, 1]);
  expect(each).toBeLessThan(200);
});
