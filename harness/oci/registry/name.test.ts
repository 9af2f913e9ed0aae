import { describe, expect, it } from 'vitest';
import { parseRegistryName } from './name.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseRegistryName', () => {
  it.each([
    ['//debian', 'docker.io', 'library/debian', 'latest'],
    ['//docker.io/debian:12', 'docker.io', 'library/debian', '12'],
    ['//me/image', 'docker.io', 'me/image', 'latest'],
    ['//index.docker.io/me/image:1', 'docker.io', 'me/image', '1'],
    ['//localhost/image', 'localhost', 'image', 'latest'],
    ['//localhost:5000/a/b/c:x.y-z', 'localhost:5000', 'a/b/c', 'x.y-z'],
    ['//[::1]:5000/image:1', '[::1]:5000', 'image', '1'],
    [`//r.example/image@${digest}`, 'r.example', 'image', digest],
    [`//r.example/image:tag@${digest}`, 'r.example', 'image', digest],
    ['//r.example/a__b/c-d.e', 'r.example', 'a__b/c-d.e', 'latest'],
  ])('reads %s', (text, registry, repository, version) => {
    expect(parseRegistryName(text)).toEqual({ registry, repository, version });
  });

  it.each([
    '',
    '//',
    '//r.example/',
    '//r.example/A',
    '//r.example/a:',
    '//r.example/../a',
    '//user@r.example/a',
    '//r.example/a?b',
    '//r.example:999999/a',
  ])('refuses "%s"', (text) => {
    expect(() => parseRegistryName(text)).toThrow();
  });
});
