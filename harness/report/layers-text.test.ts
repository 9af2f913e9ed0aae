import { describe, expect, it } from 'vitest';
import { explainDiff, NOTHING_KNOWN } from '../explain/explain.ts';
import { explanationOf } from '../explain/group.ts';
import { diffText } from './diff-text.ts';
import { explainText } from './explain-text.ts';
import { writeBlob, writeImage, writeIndex, writeLayout, scratch } from '../testing/oci/image.ts';
import { openImage } from '../oci/open.ts';
import { tar, type TestEntry } from '../testing/oci/tar/tar.ts';
import { compareImages } from '../compare/compare.ts';
import { compare, layered, named } from '../testing/compare/compare.ts';
import type { DiffResult } from '../compare/types.ts';

const [one, two, three] = ['a', 'b', 'c'].map((name): TestEntry[] => [{ name, content: name }]) as [
  TestEntry[],
  TestEntry[],
  TestEntry[],
];
const shown = (result: DiffResult, rung = 'config'): string =>
  diffText(result, { rung, colour: false, width: 200, list: false, limit: 100 });
const explained = (result: DiffResult): string =>
  explainText(explanationOf(explainDiff(result, NOTHING_KNOWN)), { colour: false });

describe('layers in another order', () => {
  it('are told by their numbers, and nothing in them is reported as missing', async () => {
    const result = await compare(layered(one, two, three), layered(two, three, one));
    expect(named(result)).toEqual([]);
    expect(result).toMatchObject({
      rung: 'tree',
      movedLayers: [
        { a: 0, b: 2 },
        { a: 1, b: 0 },
        { a: 2, b: 1 },
      ],
    });
    expect(shown(result)).toContain('(same root filesystem, and the same layers in another order)');
    expect(shown(result)).toContain(
      [
        'The same layers in another order',
        '  layer 0 of A is layer 2 of B',
        '  layer 1 of A is layer 0 of B',
      ].join('\n'),
    );
    expect(explained(result)).toMatch(/entry-order \(exact\), in the config[^]*number 1 in A and 3 in B/);
    expect(explained(result)).not.toContain('only in');
  });

  it('that lie over each other differ in what comes out', async () => {
    const over: TestEntry[] = [{ name: 'a', content: 'other' }];
    const result = await compare(layered(one, over), layered(over, one));
    expect([result.rung, ...named(result)]).toEqual(['none', 'a: content size layer']);
    expect(result.movedLayers).toHaveLength(2);
  });

  it('beside others that differ are checked against the one they belong to', async () => {
    const other: TestEntry[] = [{ name: 'c', content: 'd' }];
    const result = await compare(layered(one, two, three), layered(other, one, two));
    expect(named(result)).toEqual(['c: content']);
    expect(result.entries[0]).toMatchObject({ layerA: 2, layerB: 0 });
    expect(result.movedLayers).toEqual([
      { a: 0, b: 1 },
      { a: 1, b: 2 },
    ]);
    expect(shown(result)).toContain('Layers at another place');
  });

  it('are not equal at layers, whatever is ignored', async () => {
    const ignore = ['order', 'times', 'compression'];
    const result = await compare(layered(one, two), layered(two, one), { ignore });
    expect(result.rungs).toMatchObject({ layers: false, tree: true });
  });

  it('of which one stands there twice', async () => {
    const result = await compare(layered(one, one, two), layered(one, two, one));
    expect(result.movedLayers).toEqual([
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ]);
  });

  it('an entry in another layer is not reported as missing', async () => {
    const result = await compare(layered(one, [...two, ...three]), layered([...one, ...two], three));
    expect(named(result)).toEqual(['b: layer']);
    expect(explained(result)).toContain('the same entry in another layer: 1 in A, 0 in B');
  });
});

describe('media types that lie', () => {
  const OCI = 'application/vnd.oci.image.layer.v1.tar';
  const DOCKER = 'application/vnd.docker.image.rootfs.diff.tar';
  const declared = async (mediaType: string, compress: 'none' | 'gzip' | 'zstd'): Promise<DiffResult> => {
    await using folder = await scratch();
    const good = await openImage(await writeLayout(`${folder.path}/good`, { layers: [tar(one)] }));
    const path = `${folder.path}/lies`;
    const image = await openImage(await writeLayout(path, { layers: [tar(one)], compress }));
    const manifest = { ...image.manifest.json, layers: [{ ...image.layers[0]?.descriptor, mediaType }] };
    const { mediaType: type } = image.manifest;
    await writeIndex(path, [await writeBlob(path, Buffer.from(JSON.stringify(manifest)), type)]);
    return await compareImages(good, await openImage(`oci:${path}`));
  };

  it.each([
    [OCI, 'gzip', 'is gzip', 'containerd refuses'],
    [OCI, 'zstd', 'is zstd', 'containerd refuses'],
    [`${OCI}+gzip`, 'zstd', 'is zstd', 'look at the bytes here'],
    [`${OCI}+gzip`, 'none', 'is a plain tar', 'look at the bytes here'],
    [`${OCI}+zstd`, 'gzip', 'is gzip', 'look at the bytes here'],
    [DOCKER, 'gzip', 'is gzip', 'look at the bytes here'],
    [`${DOCKER}.gzip`, 'zstd', 'is zstd', 'look at the bytes here'],
  ] as const)('%s with %s are told', async (mediaType, compress, is, who) => {
    const result = await declared(mediaType, compress);
    expect(result.mediaTypes).toEqual([{ image: 'b', layer: 0, mediaType, stored: compress }]);
    expect(shown(result, 'manifest')).toContain(`layer 0 of B says ${mediaType}, ${is}`);
    expect(shown(result, 'manifest')).toContain(who);
    expect(result.rung).toBe('config');
  });

  it.each([
    [OCI, 'none'],
    [`${OCI}+gzip`, 'gzip'],
    [`${OCI}+zstd`, 'zstd'],
    [`${DOCKER}.gzip`, 'gzip'],
  ] as const)('%s with %s do not', async (mediaType, compress) => {
    expect((await declared(mediaType, compress)).mediaTypes).toBeUndefined();
  });
});

describe('equal manifests', () => {
  it('of different indexes, or of none, are reported as that', async () => {
    await using folder = await scratch();
    const image = await writeImage(folder.path, { layers: [tar(one)] });
    const other = await writeImage(folder.path, { layers: [tar(two)], config: { architecture: 'arm64' } });
    const index = async (name: string): Promise<string> => {
      const at = (one: object, architecture: string) => ({ ...one, platform: { os: 'linux', architecture } });
      const manifests = [at(image, 'amd64'), at(other, 'arm64')];
      const json = { schemaVersion: 2, manifests, annotations: { name } };
      const blob = await writeBlob(
        folder.path,
        Buffer.from(JSON.stringify(json)),
        'application/vnd.oci.image.index.v1+json',
      );
      return blob.digest;
    };
    const opened = async (digest: string | null) => {
      const image_ = await openImage(`oci:${folder.path}`, {
        platform: { os: 'linux', architecture: 'amd64' },
      });
      return { ...image_, index: digest };
    };
    await writeIndex(folder.path, [image]);
    const [x, y] = [await index('x'), await index('y')];
    const headline = async (a: string | null, b: string | null): Promise<string> => {
      const result = await compareImages(await opened(a), await opened(b), { rung: 'index' });
      expect(explained(result)).not.toContain('why: :');
      return shown(result, 'index').split('\n')[0] ?? '';
    };
    expect(await headline(x, y)).toBe(
      'different at index; first rung that holds: manifest (same manifest; the indexes differ)',
    );
    expect(await headline(x, null)).toContain('(same manifest; B does not come from an index)');
    expect(await headline(null, null)).toContain('(same manifest; neither comes from an index)');
  });
});
