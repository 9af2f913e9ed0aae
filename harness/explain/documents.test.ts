import { describe, expect, it } from 'vitest';
import type { DiffResult, EntryDiff, PointerDiff } from '../compare/types.ts';
import { explainDiff } from './explain.ts';
import { causeCounts } from './group.ts';
import { contextOf, entryOf, textEntry } from '../testing/explain/entry.ts';

const side = { ref: '', index: 'x', manifest: 'm', config: 'c', diffIds: ['d'] };
const rungs = {
  index: false,
  manifest: false,
  config: false,
  layers: false,
  tree: false,
  'tree-no-times': false,
};

function result(more: Partial<DiffResult>): DiffResult {
  return {
    schema: 'twinproof/diff/v1',
    a: side,
    b: side,
    rung: 'none',
    identical: false,
    normalised: [],
    rungs,
    config: [],
    manifest: [],
    artifact: null,
    entries: [],
    attestations: [],
    truncated: false,
    ...more,
  };
}

const counts = (more: Partial<DiffResult>, recipe = ''): Record<string, number> =>
  causeCounts(explainDiff(result(more), contextOf(recipe)));
const config = (...diffs: PointerDiff[]): Record<string, number> =>
  counts({ config: diffs, a: { ...side, diffIds: ['e'], manifest: 'n' } });
const manifest = (...diffs: PointerDiff[]): Record<string, number> =>
  counts({ manifest: diffs, a: { ...side, manifest: 'n' } });

describe('documents of the image', () => {
  it.each<[string, Record<string, number>, Record<string, number>]>([
    [
      'created',
      config({ pointer: '/created', a: '2026-11-24T20:01:27Z', b: '2026-11-24T20:01:28Z' }),
      { 'timestamp-config': 1 },
    ],
    [
      'a date in a label',
      config({ pointer: '/config/Labels/build-date', a: '2026-11-24T20:01:27Z', b: '2026-11-24T20:01:28Z' }),
      { 'timestamp-config': 1 },
    ],
    ['another label', config({ pointer: '/config/Labels/team', a: 'red', b: 'blue' }), { unknown: 1 }],
    [
      'buildah',
      config({ pointer: '/config/Labels/io.buildah.version', a: '1.28.2', b: '1.41.0' }),
      { 'builder-identity': 1 },
    ],
    ["a field of Docker's", config({ pointer: '/config/Tty', b: false }), { 'builder-identity': 1 }],
    ['an empty field', config({ pointer: '/config/Cmd', b: null }), { 'builder-identity': 1 }],
    ['a field that says something', config({ pointer: '/config/Cmd', b: ['sh'] }), { unknown: 1 }],
    ['what follows from layers', config({ pointer: '/rootfs/diff_ids/0', a: 'd', b: 'e' }), {}],
    [
      'the digest of what was copied',
      config({
        pointer: '/history/0/created_by',
        a: `COPY dir:${'0'.repeat(64)} in /`,
        b: `COPY dir:${'1'.repeat(64)} in /`,
      }),
      {},
    ],
    [
      'the digest of a base that a build made itself',
      counts({
        manifest: [
          {
            pointer: '/annotations/org.opencontainers.image.base.digest',
            a: `sha256:${'5eb651d8ea596fc5'.repeat(4)}`,
            b: `sha256:${'ca95d63a36140262'.repeat(4)}`,
          },
        ],
        a: { ...side, diffIds: ['e'], manifest: 'n' },
      }),
      {},
    ],
    ['another command', config({ pointer: '/history/0/created_by', a: 'RUN a', b: 'RUN b' }), { unknown: 1 }],
    [
      'a variable',
      config({ pointer: '/config/Env/0', a: 'LANG=C.UTF-8', b: 'LANG=et_EE.UTF-8' }),
      { locale: 1 },
    ],
    [
      'compression',
      manifest({ pointer: '/layers/0/digest', a: 'x', b: 'y' }, { pointer: '/layers/0/size', a: 1, b: 2 }),
      { compression: 2 },
    ],
    [
      'media types',
      manifest({
        pointer: '/mediaType',
        a: 'application/vnd.docker.distribution.manifest.v2+json',
        b: 'application/vnd.oci.image.manifest.v1+json',
      }),
      { 'builder-identity': 1 },
    ],
    ['nothing but the index', counts({ a: { ...side, index: 'y' } }), { attestation: 1 }],
    ['nothing', counts({}), {}],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('entries that go together', () => {
  const digests: [string, string] = ['a'.repeat(64), 'b'.repeat(64)];
  const changed: EntryDiff = {
    ...textEntry('etc/host', 'built on host 0123456789ab\n', 'built on host ba9876543210\n'),
  };
  const root: EntryDiff = {
    ...changed,
    a: { type: 'file', sha256: digests[0] },
    b: { type: 'file', sha256: digests[1] },
  };

  it('ties a digest to the file that it is of', () => {
    const sums = textEntry('SHA256SUMS', `${digests[0]}  etc/host\n`, `${digests[1]}  etc/host\n`);
    expect(counts({ entries: [sums, root] })).toEqual({ hostname: 2 });
  });

  it('ties a digest of another kind by the name beside it', () => {
    const sums = textEntry('md5sums', `${'0'.repeat(32)}  etc/host\n`, `${'1'.repeat(32)}  etc/host\n`);
    expect(counts({ entries: [sums, root] })).toEqual({ hostname: 2 });
  });

  it('takes two random names for one thing', () => {
    const removed: EntryDiff = { ...entryOf('var/tmp/tmp.aB3dE5fG7h', {}), change: 'removed', b: null };
    const added: EntryDiff = { ...entryOf('var/tmp/tmp.Zz9Yy8Xx7w', {}), change: 'added', a: null };
    expect(counts({ entries: [removed, added] })).toEqual({ randomness: 2 });
  });

  it('explains nothing of an entry that one side merely lacks', () => {
    const added: EntryDiff = { ...entryOf('usr/bin/tool', {}), change: 'added', a: null };
    expect(counts({ entries: [added] })).toEqual({ unknown: 1 });
  });
});
