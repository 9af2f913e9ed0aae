import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDisk } from '../../harness/boot/disk/make-disk.ts';
import { operatingSystemOf } from '../../harness/boot/disk/operating-system.ts';
import { ADDED } from '../../harness/boot/system/starter.ts';
import { currentOwner } from '../../harness/engine/owner.ts';
import { connectEngine } from '../../harness/engine/runtime.ts';
import { makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { readTree } from '../../harness/oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../harness/oci/limits.ts';
import { openImage } from '../../harness/oci/open.ts';
import { derivedImage } from '../selftest/os-images.ts';
import { type Shown, summary, verdicts, verifySystem } from '../selftest/os-runs.ts';
import { twinproof } from '../selftest/support.ts';

/** A system that opens no shell for debugging, whatever it is told, and takes its address from the network. */
const SHELL_LESS = {
  'etc/systemd/system/debug-shell.service': '-> /dev/null',
  'etc/systemd/network/wired.network': '[Match]\nType=ether\n[Network]\nDHCP=ipv4\n',
  'etc/systemd/system/multi-user.target.wants/systemd-networkd.service':
    '-> /usr/lib/systemd/system/systemd-networkd.service',
};

const owner = currentOwner('os-ssh');
let scratch = '';
let good = '';
beforeAll(async () => {
  scratch = await makeScratch(owner, 'os-ssh');
  // Building it takes long, and each test by itself does not.
  good = process.env.TWINPROOF_SLOTS_IMAGE ?? (await verifySystem(scratch, ['reproducible'], 'ab')).layout;
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

/** A disk with the image and these files, as somebody might hand it over, that was never started. */
async function diskWith(name: string, files: Record<string, string>): Promise<string> {
  const image = await openImage(`oci:${await derivedImage(good, join(scratch, name), files)}`);
  const folder = await makeScratch(owner, 'os-ssh-disk');
  try {
    const os = operatingSystemOf(
      await readTree(image, { limits: DEFAULT_LIMITS }),
      image.config.json.architecture,
    );
    const { disk } = await makeDisk(await connectEngine(), owner, {
      ...{ os, image, folder, releases: new Map(), commandLine: ADDED },
    });
    await link(disk, join(scratch, `${name}.raw`));
  } finally {
    await image.close();
    await removeScratch(folder);
  }
  return join(scratch, `${name}.raw`);
}

async function started(
  path: string,
  claims: string[],
): Promise<{ exitCode: number | undefined; shown: Shown }> {
  const chosen = claims.flatMap((claim) => ['--claim', claim]);
  const options = ['--accel', 'tcg', '--json', '--results', join(scratch, 'results')];
  const { exitCode, stdout, stderr } = await twinproof(['boot', path, ...options, ...chosen]);
  if (stdout === '') throw new Error(stderr);
  return { exitCode, shown: JSON.parse(stdout) as Shown };
}

describe('a disk whose system opens no shell', () => {
  test('is reached by SSH, also after it was started again', async () => {
    const disk = await diskWith('shell-less', SHELL_LESS);
    const { exitCode, shown } = await started(disk, ['boots', 'root-read-only', 'state-writable']);
    expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual({
      boots: 'pass',
      'root-read-only': 'pass',
      'state-writable': 'pass',
    });
    expect(shown.results[0]?.detail).toMatchObject({ channel: 'SSH, commands over a virtio port' });
    expect(exitCode).toBe(0);
  });

  test.each([
    [
      'has no SSH server',
      { 'etc/systemd/system/multi-user.target.wants/.wh.ssh.service': '' },
      /debug shell on ttyS1 does not answer, and there is no SSH server on port 22$/,
    ],
    [
      'does not let root in',
      { 'etc/ssh/sshd_config.d/root.conf': 'PermitRootLogin no\n' },
      /debug shell on ttyS1 does not answer, and by SSH: ssh failed: .*Permission denied \(publickey/,
    ],
  ])('and %s is not decided, and both ways are named', async (what, files, reason) => {
    const disk = await diskWith(what.replaceAll(' ', '-'), { ...SHELL_LESS, ...files });
    const { exitCode, shown } = await started(disk, ['boots', 'root-read-only']);
    expect(verdicts(shown)).toEqual({ boots: 'error', 'root-read-only': 'error' });
    expect(summary(shown, 'boots')).toMatch(reason);
    expect(exitCode).toBe(2);
  });
});
