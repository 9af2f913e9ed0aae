import { describe, expect, it } from 'vitest';
import { openImage } from '../oci/open.ts';
import { scratch, writeLayout } from '../testing/oci/image.ts';
import type { TestEntry } from '../testing/oci/tar/tar.ts';
import { compareImages } from './compare.ts';
import { base, changed, compare, layered, named, swapped } from '../testing/compare/compare.ts';

describe('the ladder', () => {
  it('manifest: the same bytes', async () => {
    const result = await compare(layered(base), layered(base), { rung: 'manifest' });
    expect(result).toMatchObject({
      rung: 'manifest',
      identical: true,
      entries: [],
      config: [],
      manifest: [],
    });
  });

  it('config: other compression', async () => {
    const result = await compare(layered(base), { ...layered(base), compress: 'zstd' });
    expect(result).toMatchObject({ rung: 'config', identical: true, entries: [], config: [] });
    expect(result.manifest.map(({ pointer }) => pointer)).toEqual([
      '/layers/0/digest',
      '/layers/0/mediaType',
      '/layers/0/size',
    ]);
    const normalised = await compare(
      layered(base),
      { ...layered(base), compress: 'none' },
      { rung: 'manifest', ignore: ['compression'] },
    );
    expect(normalised).toMatchObject({
      rung: 'manifest',
      identical: true,
      normalised: ['compression'],
      manifest: [],
    });
  });

  it('layers: other config', async () => {
    const result = await compare(layered(base), { ...layered(base), created: '2026-02-02T00:00:00Z' });
    expect(result).toMatchObject({ rung: 'layers', identical: false, entries: [] });
    expect(result.config).toEqual([
      { pointer: '/created', a: '2026-01-01T00:00:00Z', b: '2026-02-02T00:00:00Z' },
    ]);
    const normalised = await compare(
      layered(base),
      { ...layered(base), created: '2026-02-02T00:00:00Z' },
      { ignore: ['times'] },
    );
    expect(normalised).toMatchObject({ rung: 'manifest', identical: true, normalised: ['times'] });
  });

  it('tree: other layers', async () => {
    const result = await compare(layered(base), layered(base.slice(0, 4), base.slice(4)), { rung: 'tree' });
    expect(result).toMatchObject({ rung: 'tree', identical: true, entries: [] });
    const removed = await compare(layered(base), layered([...base, { name: 'tmp' }], [{ name: '.wh.tmp' }]));
    expect(removed).toMatchObject({ rung: 'tree', identical: false });
  });

  it('names what the merged tree does not show', async () => {
    const upper: TestEntry[] = [{ name: 'a', content: 'final' }];
    const result = await compare(
      layered([{ name: 'a', content: '1' }], upper),
      layered([{ name: 'a', content: '2' }], upper),
    );
    expect(result.rung).toBe('tree');
    expect(result.entries).toMatchObject([{ path: 'a', fields: ['content'], layerA: 0, layerB: 0 }]);
  });

  it('names entries that are in another layer', async () => {
    const extra: TestEntry = { name: 'x', content: 'x' };
    const result = await compare(layered([...base, extra], []), layered(base, [extra]));
    expect(result.rung).toBe('tree');
    expect(result.entries).toMatchObject([{ path: 'x', fields: ['layer'], layerA: 0, layerB: 1 }]);
  });

  it('ignores times and order only by name, and never anything else', async () => {
    const later = base.map((entry) => ({ ...entry, mtime: '5' }));
    const times = await compare(layered(base), layered(later), { ignore: ['times'] });
    expect(times).toMatchObject({ rung: 'manifest', identical: true, entries: [] });
    const order = await compare(layered(base), layered(swapped), { ignore: ['order'] });
    expect(order).toMatchObject({ rung: 'manifest', identical: true, entries: [] });
    const mode = await compare(layered(base), layered(changed('etc/other', { mode: 0, mtime: '5' })), {
      ignore: ['times', 'order', 'compression'],
    });
    expect(named(mode)).toEqual(['etc/other: mode']);
    expect(mode).toMatchObject({ rung: 'none', identical: false });
    await expect(compare(layered(base), layered(base), { ignore: ['mode'] })).rejects.toThrow(
      'never normalised',
    );
  });
});

describe('the result', () => {
  it('is bounded by maxDiffs and says so', async () => {
    const result = await compare(layered(base), layered(base.map((entry) => ({ ...entry, uid: 7 }))), {
      maxDiffs: 2,
    });
    expect(result.entries.map(({ path }) => path)).toEqual(['etc', 'etc/empty']);
    expect(result.truncated).toBe(true);
  });

  it('leaves out first what differs in nothing but times', async () => {
    const later = (entries: TestEntry[]): TestEntry[] =>
      entries.map((entry) => ({ ...entry, mtime: '1800000000' }));
    const b = layered(later(changed('etc/other', { content: 'hallo' })));
    const one = await compare(layered(base), b, { maxDiffs: 1 });
    expect(named(one)).toEqual(['etc/other: content mtime']);
    const three = await compare(layered(base), b, { maxDiffs: 3 });
    expect(named(three)).toEqual(['etc: mtime', 'etc/empty: mtime', 'etc/other: content mtime']);
    expect(three).toMatchObject({ truncated: true, rung: 'none' });
    expect(named(await compare(layered(base), b, { maxDiffs: 100 }))).toHaveLength(8);
  });

  it('shows text as a unified diff, and nothing for binary', async () => {
    const text = (line: string): string => `1\n2\n3\n${line}\n5\n`;
    const result = await compare(
      layered([
        { name: 'bin', content: 'a\0b' },
        { name: 'text', content: text('four') },
      ]),
      layered([
        { name: 'bin', content: 'a\0c' },
        { name: 'text', content: text('4') },
      ]),
    );
    expect(result.entries.map(({ diff }) => diff)).toEqual([
      undefined,
      '--- a\n+++ b\n@@ -1,5 +1,5 @@\n 1\n 2\n 3\n-four\n+4\n 5\n',
    ]);
  });

  it('is the same bytes for the same inputs', async () => {
    await using one = await scratch();
    await using other = await scratch();
    const refs = [
      await writeLayout(one.path, layered(base)),
      await writeLayout(other.path, layered(swapped, [{ name: 'x\xff', content: 'y' }])),
    ];
    const run = async (): Promise<string> => {
      const [a, b] = await Promise.all(refs.map((ref) => openImage(ref)));
      if (a === undefined || b === undefined) throw new Error('two images');
      return JSON.stringify(await compareImages(a, b));
    };
    expect(await run()).toBe(await run());
  });

  it('checks all blobs twice when asked to', async () => {
    expect(await compare(layered(base), layered(base), { paranoid: true })).toMatchObject({
      identical: true,
    });
  });
});
