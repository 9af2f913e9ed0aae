import { hash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NamedLock } from '../lock/types.ts';
import { tarEntry } from '../testing/oci/tar/tar.ts';
import { kernelOrigin, originFaults } from './kernel-origin.ts';

const RELEASE = '6.1.0-41-cloud-amd64';
const NAME = `linux-image-${RELEASE}`;
const KERNEL = 'the kernel';
const running = { name: NAME, version: '6.1.158-1', release: RELEASE, kernel: hash('sha256', KERNEL, 'hex') };

const member = (name: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`${name.padEnd(48)}${String(content.length).padEnd(10)}\`\n`),
    content,
    Buffer.alloc(content.length % 2, '\n'),
  ]);

const locked = (kind: NamedLock['kind'], evr: string): NamedLock => ({
  kind,
  path: 'x.lock.yaml',
  digest: 'sha256:0',
  origins: [],
  expiredReleases: [],
  arches: [
    {
      arch: 'amd64',
      source: [],
      moduleMetadata: [],
      packages: [
        {
          url: 'https://deb.example.org/pool/linux.deb',
          repoid: 'main',
          size: 1,
          checksum: 'sha256:0',
          name: NAME,
          evr,
        },
      ],
    },
  ],
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kernel-origin-'));
  const deb = join(folder, 'deb/amd64/main/linux.deb');
  await mkdir(dirname(deb), { recursive: true });
  const data = Buffer.concat([
    tarEntry({ name: `./boot/vmlinuz-${RELEASE}`, content: KERNEL }, 'gnu'),
    Buffer.alloc(1024),
  ]);
  const members = [member('control.tar', Buffer.alloc(1024)), member('data.tar', data)];
  await writeFile(deb, Buffer.concat([Buffer.from('!<arch>\n'), ...members]));
});
afterAll(() => rm(folder, { recursive: true }));

const originOf = (lock: NamedLock, release = RELEASE, name = NAME): ReturnType<typeof kernelOrigin> =>
  kernelOrigin({ name, release }, { lock, architecture: 'amd64', folder });

describe('the kernel that runs', () => {
  test('is the one in the package that was locked', async () => {
    const origin = await originOf(locked('deb', '6.1.158-1'));
    expect(origin).toEqual({
      url: 'https://deb.example.org/pool/linux.deb',
      repoid: 'main',
      version: '6.1.158-1',
      unverified: null,
      kernel: running.kernel,
    });
    expect(originFaults(running, origin)).toEqual([]);
  });

  test('is not when its package is in no lock, or there in another version', async () => {
    const none = await originOf(locked('deb', '6.1.158-1'), RELEASE, 'linux-image-other');
    expect(originFaults(running, none)).toEqual([`the lock has no ${NAME}`]);
    expect(originFaults(running, await originOf(locked('deb', '6.1.159-1')))).toEqual([
      `${NAME} has version 6.1.158-1, and in the lock 6.1.159-1`,
    ]);
  });

  test('is not when other bytes run than are in that package', async () => {
    const other = { ...running, kernel: hash('sha256', 'another kernel', 'hex') };
    expect(originFaults(other, await originOf(locked('deb', '6.1.158-1')))).toEqual([
      'what was loaded is not the kernel in https://deb.example.org/pool/linux.deb',
    ]);
  });

  test('is not decided when that package holds no such kernel', async () => {
    await expect(originOf(locked('deb', '6.1.158-1'), '6.1.0-1')).rejects.toThrow(/has no boot\/vmlinuz/);
  });

  test('is checked against the version alone in RPM packages', async () => {
    const origin = await originOf(locked('rpm', '0:6.1.158-1'));
    expect(origin?.kernel).toBeNull();
    expect(originFaults(running, origin)).toEqual([]);
  });
});
