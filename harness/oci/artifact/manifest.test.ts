import { expect, test } from 'vitest';
import { sha256 } from '../../model/digest.ts';
import type { JsonObject } from '../types.ts';
import { filesOf, manifestOf } from './manifest.ts';

const TYPE = 'application/vnd.twinproof.job.v1';
const digest = sha256('x');

function read(paths: readonly string[], change: (json: JsonObject) => JsonObject = (json) => json) {
  const files = paths.map((path) => ({ path, digest, size: 1 }));
  const bytes = manifestOf(TYPE, files);
  const json = change(JSON.parse(bytes.toString()) as JsonObject);
  const mediaType = json.mediaType as string;
  return filesOf({ digest: sha256(bytes), mediaType, bytes, json }, TYPE, 'here');
}

test('what is written is read again', () => {
  expect(read(['a/b', 'a/c', 'twin.json'])).toEqual(
    ['a/b', 'a/c', 'twin.json'].map((path) => ({ path, digest, size: 1 })),
  );
});

test.each([
  '../x',
  'a/../../x',
  '/etc/x',
  'a//b',
  './a',
  'a/',
  '',
  'a\\b',
  'a\nb',
  'a'.repeat(256),
  `${'a/'.repeat(600)}b`,
])('a file %j is refused', (path) => {
  expect(() => read([path])).toThrow(/names a file/);
});

test.each([
  ['a', 'a'],
  ['a', 'a/b'],
  ['a/b/c', 'a/b'],
])('%s beside %s is refused', (...paths) => {
  expect(() => read(paths)).toThrow(/twice/);
});

test.each<[string, (json: JsonObject) => JsonObject]>([
  ['is of type "other"', (json) => ({ ...json, artifactType: 'other' })],
  ['no artifact', (json) => ({ ...json, mediaType: 'application/vnd.oci.image.index.v1+json' })],
  ['layers', ({ layers, ...json }) => ({ ...json, blobs: layers ?? [] })],
  ['layers.0.digest', (json) => ({ ...json, layers: [{ digest: 'sha256:../x', size: 1, annotations: {} }] })],
])('what is no folder is refused: %s', (message, change) => {
  expect(() => read(['a'], change)).toThrow(message);
});
