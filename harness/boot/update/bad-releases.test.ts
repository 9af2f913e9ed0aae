import { expect, test } from 'vitest';
import type { MergedTree } from '../../oci/layers/tree.ts';
import { badLayers } from './bad-releases.ts';

/** Only the names matter here. */
function tree(paths: string[]): MergedTree {
  const file = {} as MergedTree['files'] extends Map<string, infer File> ? File : never;
  return { files: new Map(paths.map((path) => [path, file])), layers: [], trailers: [], attributes: new Map() };
}

test('a release that cannot start has no initramfs in its place', () => {
  const layers = badLayers(tree([]), '6.1.0');
  expect([...layers.keys()]).toEqual(['panics']);
  expect([...(layers.get('panics')?.keys() ?? [])]).toEqual(['usr/lib/modules/6.1.0/initramfs.img']);
});

test.each([
  ['usr/lib/systemd/system/boot-complete.target.requires/check.service', true],
  ['etc/systemd/system/boot-complete.target.requires/check.service', true],
  ['usr/lib/systemd/system/boot-complete.target', false],
  ['usr/lib/systemd/system/boot-complete.target.wants/check.service', false],
])('with %s an image looks at its health: %s', (path, looks) => {
  expect(badLayers(tree([path]), '6.1.0').has('unhealthy')).toBe(looks);
});

test('the unit that fails is wanted by every start', () => {
  const layer = badLayers(tree(['etc/systemd/system/boot-complete.target.requires/x.service']), '6.1.0').get(
    'unhealthy',
  );
  expect([...(layer?.keys() ?? [])]).toEqual([
    'usr/lib/systemd/system/bad-release.service',
    'usr/lib/systemd/system/multi-user.target.d/bad-release.conf',
  ]);
});
