import { expect, it } from 'vitest';
import { parseReference, storeName } from './image-reference.ts';

const D = `sha256:${'0'.repeat(64)}`;

it.each([
  ['a', 'a', null, null, 'docker.io/library/a:latest'],
  ['a/b:1', 'a/b', '1', null, 'docker.io/a/b:1'],
  ['localhost/a', 'localhost/a', null, null, 'localhost/a:latest'],
  ['localhost:5000/a', 'localhost:5000/a', null, null, 'localhost:5000/a:latest'],
  [`x.example:5000/a/b:2@${D}`, 'x.example:5000/a/b', '2', D, `x.example:5000/a/b:sha256-${'0'.repeat(64)}`],
  [`x.example/a@${D}`, 'x.example/a', null, D, `x.example/a:sha256-${'0'.repeat(64)}`],
])('reads %s', (...[reference, repository, tag, digest, name]) => {
  expect(parseReference(reference)).toEqual({ repository, tag, digest });
  expect(storeName(reference)).toBe(name);
});

it('reads what an engine calls an image', () => {
  expect(parseReference(D)).toEqual({ repository: '', tag: null, digest: D });
});
