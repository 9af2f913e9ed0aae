import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { derivedImage } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { diskOf, setting } from './setting.ts';

const made = setting('os-two-slots', 'sysupdate');
/** Where slots begin and how large they are, MiB: build-slots.sh. */
const [A, B, STATE, SIZE] = [513, 2561, 4609, 2048];
const ENTRIES = '::/loader/entries';

/** A disk with two releases and nothing that updates it: the second slot holds the same system, and is offered first. */
async function twoReleases(name: string): Promise<string> {
  const image = await derivedImage(made.good, join(made.scratch, `${name}-image`), {
    'usr/lib/systemd/.wh.systemd-sysupdate': '',
  });
  const disk = await diskOf(image, join(made.scratch, `${name}.raw`));
  const copy = ['bs=1M', `skip=${A}`, `seek=${B}`, `count=${SIZE}`, 'conv=notrunc,sparse'];
  await execa('dd', [`if=${disk}`, `of=${disk}`, ...copy]);
  const { stdout } = await execa('mcopy', ['-i', `${disk}@@1M`, `${ENTRIES}/os-a.conf`, '-']);
  const entry = stdout
    .replaceAll('root-a', 'root-b')
    .replace(/^version .*$/m, 'version 2')
    .replace(/sha256:[0-9a-f]{64}/, `sha256:${'b'.repeat(64)}`);
  const file = join(made.scratch, `${name}.conf`);
  await writeFile(file, `${entry}\n`);
  await execa('mcopy', ['-i', `${disk}@@1M`, file, `${ENTRIES}/os-b.conf`]);
  // The first one has run before: it has an /etc of its own.
  const folders = ['lib', 'lib/etc', 'lib/etc/root-a', 'lib/etc/root-a/upper', 'lib/etc/root-a/work'];
  const input = folders.map((folder) => `mkdir /${folder}`).join('\n');
  await execa('debugfs', ['-w', '-f', '-', `${disk}?offset=${STATE * 2 ** 20}`], { input });
  return disk;
}

const started = (disk: string): ReturnType<typeof booted> =>
  booted(disk, { results: join(made.scratch, 'results'), claims: ['boots', 'rollback'] });

describe('a disk with two slots that nothing updates', () => {
  test('goes back to the previous release, which bootctl makes the default', async () => {
    const { shown } = await started(await twoReleases('both'));
    expect(verdicts(shown)).toEqual({ boots: 'pass', rollback: 'pass' });
    const [boots, rollback] = shown.results;
    expect(boots?.detail.family).toBe('ab');
    expect(rollback?.detail).toMatchObject({ from: `sha256:${'b'.repeat(64)}` });
    expect(rollback?.detail.kept).toBe(rollback?.detail.to);
  });

  test('of which the previous release is broken does not go back', async () => {
    const disk = await twoReleases('broken');
    await execa('dd', ['if=/dev/zero', `of=${disk}`, 'bs=1M', `seek=${A}`, 'count=1', 'conv=notrunc']);
    const { shown } = await started(disk);
    expect(verdicts(shown)).toEqual({ boots: 'pass', rollback: 'fail' });
    expect(summary(shown, 'rollback')).toContain('the previous release does not start');
  });
});
