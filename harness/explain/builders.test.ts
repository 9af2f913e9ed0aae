import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { jsonDiff } from '../compare/json-diff.ts';
import type { DiffResult } from '../compare/types.ts';
import type { Json } from '../oci/types.ts';
import { explainDiff } from './explain.ts';
import { explanationOf } from './group.ts';
import { contextOf, textEntry } from '../testing/explain/entry.ts';

const EMPTY = `sha256:${hash('sha256', Buffer.alloc(1024), 'hex')}`;
const SHA = ['1f0c9d3b5a7e2846f1d0c9b8a7e6f5d4c3b2a190', '8e2d4c6b0a1f3e5d7c9b8a7f6e5d4c3b2a190817'] as const;

interface Image {
  diffIds?: string[];
  config?: Json;
  manifest?: Json;
}

const side = ({ diffIds = ['x'] }: Image, name: string) => ({
  ...{ ref: name, index: name, manifest: name, config: name },
  diffIds,
});

/** Ids and places, as they are grouped for people. */
function causesOf(a: Image, b: Image, entries: DiffResult['entries'] = []): string[] {
  const [sideA, sideB] = [side(a, 'a'), side(b, 'b')];
  const none = { index: false, manifest: false, config: false, layers: false, tree: false };
  const result: DiffResult = {
    ...{ schema: 'twinproof/diff/v1', a: sideA, b: sideB, rung: 'none', identical: false, normalised: [] },
    rungs: { ...none, 'tree-no-times': false },
    config: jsonDiff(a.config ?? {}, b.config ?? {}),
    manifest: jsonDiff(a.manifest ?? {}, b.manifest ?? {}),
    ...{ artifact: null, entries, attestations: [], truncated: false },
  };
  const { causes } = explanationOf(explainDiff(result, contextOf('')));
  return causes.flatMap(({ id, places }) => places.map((place) => `${id}: ${place}`)).toSorted();
}

const env = (...variables: string[]): Image => ({ config: { config: { Env: variables } } });
const steps = (...history: Json[]): Image => ({ config: { history } });
const run = { created_by: 'RUN make' };
const setting = { created_by: 'ENV A=1', empty_layer: true };

describe('what builders and their options decide', () => {
  test('order of variables', () => {
    expect(causesOf(env('PATH=/bin', 'A=1', 'B=2'), env('PATH=/bin', 'B=2', 'A=1'))).toEqual([
      'hash-order: config /config/Env/1',
      'hash-order: config /config/Env/2',
    ]);
    expect(causesOf(env('A=1', 'B=2', 'C=3'), env('C=3', 'A=1', 'B=2'))).toHaveLength(3);
    expect(causesOf(env('A=1', 'B=2'), env('A=2', 'B=1')).join()).not.toContain('hash-order');
  });

  test('history that is left out, whole or in part', () => {
    expect(causesOf(steps(run, setting), { config: {} })).toEqual(['builder-identity: config /history']);
    expect(causesOf(steps(run, setting), steps())).toEqual([
      'builder-identity: config /history/0',
      'builder-identity: config /history/1',
    ]);
    expect(causesOf(steps(run, setting, run), steps(run, run))).toEqual([
      'builder-identity: config /history/1',
    ]);
  });

  test('but not a step that left something behind', () => {
    const image = (variables: string[], history: Json[]): Image => ({
      config: { config: { Env: variables }, history },
    });
    expect(causesOf(image(['A=1'], [run, setting]), image([], [run]))).toContain(
      'unknown: config /history/1',
    );
    const more = { ...steps(run, { created_by: 'RUN more' }), diffIds: ['x', 'y'] };
    expect(causesOf(more, steps(run))).toEqual(['unknown: config /history/1']);
  });

  test('a layer without entries', () => {
    const image = (diffIds: string[], history: Json[]): Image => ({
      diffIds,
      config: { rootfs: { diff_ids: diffIds }, history },
      manifest: { layers: diffIds.map((digest) => ({ digest, size: 1 })) },
    });
    const step = { created_by: 'RUN true' };
    expect(
      causesOf(
        image(['x', EMPTY, 'y'], [run, step, run]),
        image(['x', 'y'], [run, { ...step, empty_layer: true }, run]),
      ),
    ).toEqual([
      'builder-identity: config /history/1/empty_layer',
      'builder-identity: config /rootfs/diff_ids/1',
      'builder-identity: manifest /layers/1',
    ]);
    expect(causesOf(image(['x', 'z', 'y'], []), image(['x', 'y'], []))).toContain(
      'unknown: manifest /layers/1',
    );
  });

  test('one blob under two media types', () => {
    const image = (packed: string, digest = 'x'): Image => ({
      manifest: { layers: [{ digest, mediaType: `application/vnd.oci.image.layer.v1.tar${packed}` }] },
    });
    expect(causesOf(image('+gzip'), image(''))).toEqual(['builder-identity: manifest /layers/0/mediaType']);
    const docker = {
      manifest: { layers: [{ digest: 'x', mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }] },
    };
    expect(causesOf(image('+gzip'), docker)).toEqual(['builder-identity: manifest /layers/0/mediaType']);
    expect(causesOf(image('+gzip'), image('+zstd', 'y'))).toEqual([
      'compression: manifest /layers/0/digest',
      'compression: manifest /layers/0/mediaType',
    ]);
  });

  test('one command, as two builders write it down', () => {
    const forms = ['RUN make', 'RUN /bin/sh -c make # buildkit', '/bin/sh -c make'];
    for (const form of forms.slice(1)) {
      expect(causesOf(steps({ created_by: 'RUN make' }), steps({ created_by: form }))).toEqual([
        'builder-identity: config /history/0/created_by',
      ]);
    }
  });
});

describe('the revision of the source', () => {
  const labels = (values: Record<string, string>): Image => ({ config: { config: { Labels: values } } });

  test.each([
    ['vcs-ref', SHA],
    ['org.opencontainers.image.revision', SHA],
    ['org.label-schema.vcs-ref', ['1f0c9d3', '8e2d4c6']],
    ['io.openshift.build.commit.id', SHA],
    ['io.openshift.build.commit.message', ['Add a', 'Add b']],
    ['io.openshift.build.source-location.commit', SHA],
    ['org.opencontainers.image.version', ['v1.2-3-g1f0c9d3', 'v1.2-4-g8e2d4c6']],
    ['org.opencontainers.image.source', ['https://example.org/a', 'https://example.org/b']],
    ['git-branch', ['main', 'next']],
  ])('in the label %s', (name, [a = '', b = '']) => {
    const place = `source-revision: config /config/Labels/${name}`;
    expect(causesOf(labels({ [name]: a }), labels({ [name]: b }))).toEqual([place]);
    expect(causesOf(labels({ [name]: a }), labels({ x: '1', [name]: b }))).toContain(place);
  });

  test('in a label that only one has, in a variable, in the command that set it, and in a file', () => {
    const [a, b] = SHA;
    expect(causesOf(labels({ 'vcs-ref': a }), labels({}))).toEqual([
      'source-revision: config /config/Labels/vcs-ref',
    ]);
    expect(causesOf(env(`GIT_COMMIT=${a}`), env(`GIT_COMMIT=${b}`))).toEqual([
      'source-revision: config /config/Env/0',
    ]);
    const set = (sha: string): Image => steps({ created_by: `LABEL name=x vcs-ref=${sha}` });
    expect(causesOf(set(a), set(b))).toEqual(['source-revision: config /history/0/created_by']);
    const file = textEntry(
      'usr/share/buildinfo/labels.json',
      `{\n "vcs-ref": "${a}"\n}\n`,
      `{\n "vcs-ref": "${b}"\n}\n`,
    );
    expect(causesOf({}, {}, [file])).toEqual(['source-revision: usr/share/buildinfo/labels.json']);
  });

  test('but not in what only looks like it', () => {
    const [a, b] = SHA;
    expect(causesOf(labels({ team: 'red' }), labels({ team: 'blue' }))).toEqual([
      'unknown: config /config/Labels/team',
    ]);
    expect(causesOf(labels({ nonce: a }), labels({ nonce: b })).join()).not.toContain('source-revision');
    expect(causesOf(env('TAG=red'), env('TAG=blue')).join()).not.toContain('source-revision');
  });
});
