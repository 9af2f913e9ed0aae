import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openImage } from '../oci/open.ts';
import { digestOf, scratch, writeLayout, type TestImage } from '../testing/oci/image.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';
import { compareImages } from './compare.ts';
import { base, changed, compare, layered, named } from '../testing/compare/compare.ts';

const many: TestEntry[] = Array.from({ length: 1500 }, (_, at) => ({ name: `d/${at}`, content: `${at}` }));
const top = changed('etc/other', { content: 'jello' });
const hides: TestEntry[] = [{ name: 'd/.wh.7' }, { name: 'etc/.wh..wh..opq' }];

describe('layers that two images share', () => {
  it.each([
    ['below others', layered(many, base, top), layered(many, base, base)],
    ['above others', layered(top, many, hides), layered(base, many, hides)],
    ['between others, one more on one side', layered(top, many, base), layered(base, many, base, hides)],
    ['and nothing else but their order', layered(many, base, hides), layered(base, many, hides)],
  ])('are read once, %s, to the same end', async (_, a, b) => {
    const strip = (result: Awaited<ReturnType<typeof compare>>): unknown => ({ ...result, a: null, b: null });
    const threaded = await compare(a, b, { threads: true });
    expect(strip(threaded)).toEqual(strip(await compare(a, b, { threads: false })));
    expect(threaded.entries.length + (threaded.movedLayers?.length ?? 0)).toBeGreaterThan(0);
  });

  it('differ in nothing', async () => {
    const result = await compare(layered(many, base), layered(many, top), { threads: true });
    expect(named(result)).toEqual(['etc/other: content']);
  });

  /** Compares two images of which one has another byte in a layer that both share. */
  async function spoilt(side: 'a' | 'b', a: TestImage, b: TestImage): Promise<unknown> {
    await using one = await scratch();
    await using other = await scratch();
    const folders = { a: one.path, b: other.path };
    const images = [await writeLayout(one.path, a), await writeLayout(other.path, b)] as const;
    const blob = gzipSync(tar(many));
    const path = join(folders[side], 'blobs', digestOf(blob).replace(':', '/'));
    blob[blob.length >> 1] = (blob[blob.length >> 1] ?? 0) ^ 1;
    await writeFile(path, blob);
    const compared = compareImages(await openImage(images[0]), await openImage(images[1]), { threads: true });
    const fault: unknown = await compared.catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'image-invalid' });
    return String((fault as { where?: string }).where).includes(folders[side]);
  }

  it.each(['a', 'b'] as const)('are verified in both images, here in %s', async (side) => {
    // One more, so that each of the readers has one.
    const images = [layered(base, many, base), layered(base, many, top)] as const;
    expect(await spoilt(side, ...images)).toBe(true);
    expect(await spoilt(side, layered(many, base), layered(many, top))).toBe(true);
  });

  it.each(['a', 'b'] as const)('are verified where only the configs differ, here in %s', async (side) => {
    const created = { ...layered(many), created: '2026-01-02T00:00:00Z' };
    expect(await spoilt(side, layered(many), created)).toBe(true);
  });
});
