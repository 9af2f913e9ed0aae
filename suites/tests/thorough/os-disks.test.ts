import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { setting } from './setting.ts';
import { updatedDisk } from './updated-disk.ts';

const made = setting('os-disks', 'sysupdate');
let disk = '';
beforeAll(async () => {
  disk = await updatedDisk(made.good, join(made.scratch, 'updated.raw'));
}, 1_800_000);

const started = (path: string, claims: string[]): ReturnType<typeof booted> =>
  booted(path, { results: join(made.scratch, 'results'), claims });

describe('a disk with two releases', () => {
  test('is started as it is, goes back to the previous one, and its copies are one machine', async () => {
    // Packed, and under a name that says something else.
    const packed = join(made.scratch, 'packed.raw');
    await execa('qemu-img', ['convert', '-c', '-f', 'raw', '-O', 'qcow2', disk, packed]);
    const claims = ['boots', 'same-image', 'root-read-only', 'rollback', 'identity'];
    const { exitCode, shown } = await started(packed, claims);
    expect(verdicts(shown)).toEqual({
      boots: 'pass',
      'same-image': 'error',
      'root-read-only': 'pass',
      rollback: 'pass',
      // It was started before it was copied.
      identity: 'fail',
    });
    expect(summary(shown, 'identity')).toBe(
      'a clone has the same machine-id; a clone has the same SSH host keys',
    );
    expect(exitCode).toBe(1);
  });

  test('of which the previous one is broken does not go back', async () => {
    const broken = join(made.scratch, 'broken.raw');
    await execa('cp', ['--sparse=always', disk, broken]);
    // The slot that it is in: build-slots.sh.
    await execa('dd', ['if=/dev/zero', `of=${broken}`, 'bs=1M', 'seek=513', 'count=1', 'conv=notrunc']);
    const { exitCode, shown } = await started(broken, ['boots', 'rollback']);
    expect(verdicts(shown)).toEqual({ boots: 'pass', rollback: 'fail' });
    expect(summary(shown, 'rollback')).toContain('the previous release does not start');
    expect(exitCode).toBe(1);
  });
});
