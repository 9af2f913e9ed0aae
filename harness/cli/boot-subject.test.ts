import { expect, test } from 'vitest';
import type { Document } from '../oci/types.ts';
import { noUpdate } from './boot-subject.ts';

const image = (digest: string, architecture: unknown = 'amd64'): Parameters<typeof noUpdate>[0] => ({
  manifest: { digest: `sha256:${digest}` } as Document,
  config: { json: { os: 'linux', architecture } } as unknown as Document,
});

test('another release for the same platform is an update', () => {
  expect(noUpdate(image('a'), image('b'))).toBeNull();
});

test('the image itself is none', () => {
  expect(noUpdate(image('a'), image('a'))).toMatchObject({
    code: 'usage',
    words: 'same image: sha256:a is what it is to be updated from',
  });
});

test.each([
  ['arm64', 'it is for linux/arm64, and the image for linux/amd64'],
  [undefined, 'it is for linux/unknown, and the image for linux/amd64'],
])('nor is one for another architecture (%s)', (architecture, words) => {
  expect(
    noUpdate(image('a'), { ...image('b'), config: image('b', architecture ?? null).config }),
  ).toMatchObject({
    code: 'unsupported',
    words,
  });
});
