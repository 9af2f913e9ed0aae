import { expect, test } from 'vitest';
import type { PackageDatabase } from '../../packages/types.ts';
import { type ImageKernel, type RunningKernel, kernelFaults, kernelPackage } from './kernel.ts';

const packages = (format: PackageDatabase['format'], ...list: [string, string][]): PackageDatabase[] => [
  { format, paths: [], packages: list.map(([name, version]) => ({ name, version, architecture: 'x86_64' })) },
];

// As Debian 12 and Fedora 42 say it.
const DEBIAN: RunningKernel = {
  release: '6.1.0-41-cloud-amd64',
  version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.158-1 (2025-11-09)',
  kernel: 'k',
  initramfs: 'i',
};
const FEDORA: RunningKernel = {
  release: '6.14.0-63.fc42.x86_64',
  version: '#1 SMP PREEMPT_DYNAMIC Mon Mar 24 19:53:37 UTC 2025',
  kernel: 'k',
  initramfs: 'i',
};
const image = (databases: PackageDatabase[], change: Partial<ImageKernel> = {}): ImageKernel => ({
  release: DEBIAN.release,
  kernel: 'k',
  initramfs: 'i',
  databases,
  ...change,
});
const INSTALLED = packages('dpkg', ['linux-image-6.1.0-41-cloud-amd64', '6.1.158-1'], ['linux-base', '4.9']);

test('the kernel of a Debian image is that of its package', () => {
  expect(kernelFaults(DEBIAN, image(INSTALLED))).toEqual([]);
  expect(kernelPackage(DEBIAN, INSTALLED)).toEqual({
    name: 'linux-image-6.1.0-41-cloud-amd64',
    version: '6.1.158-1',
    same: true,
  });
});

test('the kernel of an RPM image is that of one of its packages', () => {
  const two = packages('rpm', ['kernel-core', '6.13.9-200.fc42'], ['kernel-core', '6.14.0-63.fc42']);
  expect(kernelFaults(FEDORA, image(two, { release: FEDORA.release }))).toEqual([]);
});

test.each<[string, string, PackageDatabase[]]>([
  ['Alpine', '6.6.58-0-lts', packages('apk', ['linux-lts', '6.6.58-r0'], ['linux-firmware', '20241017-r0'])],
  [
    'the real-time variant',
    '5.14.0-503.el9.x86_64+rt',
    packages('rpm', ['kernel-rt-core', '5.14.0-503.el9']),
  ],
  ['Oracle', '5.15.0-305.el9uek.x86_64', packages('rpm', ['kernel-uek-core', '5.15.0-305.el9uek'])],
])('the kernel of %s is that of its package', (_what, release, databases) => {
  expect(kernelFaults({ ...FEDORA, release }, image(databases, { release }))).toEqual([]);
});

test('a package of modules is no kernel', () => {
  const modules = packages('rpm', ['kernel-modules', '6.14.0-63.fc42'], ['kernel-headers', '6.14.0-63.fc42']);
  expect(kernelPackage(FEDORA, modules)).toBeNull();
});

test.each<[string, Partial<RunningKernel>, PackageDatabase[], RegExp]>([
  ['another file was loaded', { kernel: 'x' }, INSTALLED, /not the image's kernel/],
  ['another initramfs was loaded', { initramfs: 'x' }, INSTALLED, /not the image's initramfs/],
  [
    'the package has another version',
    {},
    packages('dpkg', ['linux-image-6.1.0-41-cloud-amd64', '6.1.158-2']),
    /has version 6\.1\.158-2/,
  ],
  [
    'the version only begins like it',
    {},
    packages('dpkg', ['linux-image-6.1.0-41-cloud-amd64', '6.1.158']),
    /has version 6\.1\.158$/,
  ],
  ['no package is the kernel', {}, packages('dpkg', ['linux-base', '4.9']), /no package of the image/],
  ['the image has no packages', {}, [], /no package of the image/],
])('is at fault when %s', (_what, change, databases, reason) => {
  const faults = kernelFaults({ ...DEBIAN, ...change }, image(databases));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(reason);
});

test('is at fault when it calls itself something else', () => {
  const databases = packages('dpkg', ['linux-image-6.1.0-42-cloud-amd64', '6.1.158-1']);
  expect(kernelFaults({ ...DEBIAN, release: '6.1.0-42-cloud-amd64' }, image(databases))).toEqual([
    'it says that it is 6.1.0-42-cloud-amd64, not 6.1.0-41-cloud-amd64',
  ]);
});
