import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { derivedImage } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { diskOf, setting } from './setting.ts';

const made = setting('os-given-update', 'sysupdate');
const RELEASE = 'PRETTY_NAME="Next"\nID=debian\nIMAGE_VERSION=2\n';
/** What the next release brings. */
const NEXT = {
  'usr/lib/os-release': RELEASE,
  'usr/lib/kernel/cmdline': 'next.release=2\n',
  'usr/share/added': 'by the next release\n',
  'etc/issue': 'of the next release\n',
};
let next = '';
beforeAll(async () => {
  next = await derivedImage(made.good, join(made.scratch, 'next'), NEXT);
});

describe('a disk of which only its next release is named', () => {
  test('is updated by the tools that are on it, and goes back', async () => {
    const disk = await diskOf(made.good, join(made.scratch, 'disk.raw'));
    const claims = ['boots', 'tampered', 'signed-update', 'update', 'rollback', 'identity', 'failed-update'];
    const { shown } = await booted(disk, { results: join(made.scratch, 'results'), claims, next });
    expect(verdicts(shown)).toEqual({
      ...Object.fromEntries(claims.map((claim) => [claim, 'pass'])),
      'failed-update': 'error',
    });
    const updated = shown.results.find(({ claim }) => claim === 'update');
    expect(updated?.detail).toMatchObject({
      updater: { program: '/usr/lib/systemd/systemd-sysupdate' },
      kernel: { before: [], after: ['next.release=2'] },
    });
    expect(updated?.detail.files).toEqual(
      expect.arrayContaining(['/usr/lib/os-release', '/usr/share/added', '/usr/lib/kernel/cmdline']),
    );
  });

  test('whose kernel is not told what its next release wants is red', async () => {
    const unit = `[Unit]
Description=forgets an argument
RequiresMountsFor=/efi
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/sh -c 'sed -i "s/ next.release[^ ]*//" /efi/loader/entries/os_2*.conf'
`;
    const careless = await derivedImage(made.good, join(made.scratch, 'careless'), {
      'usr/lib/systemd/system/careless.service': unit,
      'usr/lib/systemd/system/multi-user.target.wants/careless.service': '-> ../careless.service',
    });
    const disk = await diskOf(careless, join(made.scratch, 'careless.raw'));
    const claims = ['boots', 'update'];
    const { shown } = await booted(disk, { results: join(made.scratch, 'results'), claims, next });
    expect(verdicts(shown)).toEqual({ boots: 'pass', update: 'fail' });
    expect(summary(shown, 'update')).toBe('the kernel was not told next.release=2');
  });

  test('is not updated to what is for another family', async () => {
    const other = await derivedImage(next, join(made.scratch, 'other'), { 'usr/bin/bootc': '#!/bin/sh\n' });
    const disk = await diskOf(made.good, join(made.scratch, 'other.raw'));
    const claims = ['boots', 'update'];
    const { shown } = await booted(disk, { results: join(made.scratch, 'results'), claims, next: other });
    expect(verdicts(shown)).toEqual({ boots: 'pass', update: 'error' });
    expect(summary(shown, 'update')).toBe('its next release is for bootc, and it is updated by sysupdate');
  });
});
