import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentOwner } from '../../harness/engine/owner.ts';
import { makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { type Shown, summary, verdicts, verifySystem } from '../selftest/os-runs.ts';
import { twinproof } from '../selftest/support.ts';
import { updatedDisk } from './updated-disk.ts';

const owner = currentOwner('os-disks');
let scratch = '';
let disk = '';
beforeAll(async () => {
  scratch = await makeScratch(owner, 'os-disks');
  const layout =
    process.env.TWINPROOF_SLOTS_IMAGE ?? (await verifySystem(scratch, ['reproducible'], 'ab')).layout;
  disk = await updatedDisk(layout, join(scratch, 'updated.raw'));
}, 1_800_000);
afterAll(async () => {
  await removeScratch(scratch);
});

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

describe('a disk with two releases', () => {
  test('is started as it is, goes back to the previous one, and its copies are one machine', async () => {
    // Packed, and under a name that says something else.
    const packed = join(scratch, 'packed.raw');
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
    expect(summary(shown, 'identity')).toBe('a clone has the same machine-id');
    expect(exitCode).toBe(1);
  });

  test('of which the previous one is broken does not go back', async () => {
    const broken = join(scratch, 'broken.raw');
    await execa('cp', ['--sparse=always', disk, broken]);
    // The slot that it is in: build-slots.sh.
    await execa('dd', ['if=/dev/zero', `of=${broken}`, 'bs=1M', 'seek=513', 'count=1', 'conv=notrunc']);
    const { exitCode, shown } = await started(broken, ['boots', 'rollback']);
    expect(verdicts(shown)).toEqual({ boots: 'pass', rollback: 'fail' });
    expect(summary(shown, 'rollback')).toContain('the previous release does not start');
    expect(exitCode).toBe(1);
  });
});
