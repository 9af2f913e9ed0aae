import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { openImage } from '../oci/open.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import { readPair } from './read-pair.ts';

const ENTRIES = 15_000;

function entries(mtime: string): TestEntry[] {
  return Array.from({ length: ENTRIES }, (_, at) => ({
    name: `usr/lib/package-${Math.floor(at / 30)}/file-${at}`,
    content: `content of ${at}`,
    ...{ mode: 0o644, uname: 'root', gname: 'root', mtime },
  }));
}

/** Bytes in use once what nobody needs has been collected: buffers go only some turns after what held them. */
async function used(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let least = Infinity;
  for (let turn = 0; turn < 10; turn++) {
    collect();
    await setTimeout(10);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
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
  const before = await used();
  const pair = await readPair(a, b, false);
  const each = ((await used()) - before) / (2 * ENTRIES);
  // What is measured must still be there.
  expect([pair.a.trailers.length, pair.b.trailers.length]).toEqual([1, 1]);
  expect(each).toBeLessThan(200);
});
