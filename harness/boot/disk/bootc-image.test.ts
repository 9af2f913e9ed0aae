import { expect, test } from 'vitest';
import { whyNotOstree } from './bootc-image.ts';

/** As dracut's modules `ostree` and `bootc` put them there; the first image has both. */
const OSTREE = ['usr/lib/ostree/ostree-prepare-root', 'usr/lib/systemd/system/ostree-prepare-root.service'];
const BOOTC = ['usr/lib/bootc/initramfs-setup', 'usr/lib/systemd/system/bootc-root-setup.service'];

test.each([
  ['ostree', OSTREE],
  ['ostree and composefs', [...OSTREE, ...BOOTC]],
  ['neither, which is a fault of the image that a start shows', ['init']],
])('an initramfs for %s is started from a deployment of ostree', (_what, paths) => {
  expect(whyNotOstree(new Set(paths))).toBeNull();
});

test.each([
  ['bootc', BOOTC],
  ['composefs-rs', ['usr/bin/composefs-setup-root']],
])("one that makes its root as %s's composefs backend does is not", (_what, paths) => {
  expect(whyNotOstree(new Set(paths))).toMatch(/composefs backend, and has no ostree-prepare-root$/);
});

test('nothing is guessed of one that cannot be read', () => {
  expect(whyNotOstree(null)).toMatch(/^how its initramfs finds its root is not known/);
});
