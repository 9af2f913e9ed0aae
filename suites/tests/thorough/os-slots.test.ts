import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { derivedImage, unit } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { ROOT } from '../selftest/support.ts';
import { setting } from './setting.ts';

/** As the boot loader counts, for the release that is not to stay. */
const count = (version: string): string[] =>
  ['+3-0', '+2-1', '+1-2', '+0-3'].map((tries) => `os_${version}${tries}.conf`);

const TRANSFERS = join(ROOT, 'fixtures/os/debian/sysupdate/transfers');
const UPDATER = '/usr/lib/systemd/systemd-sysupdate';

const made = setting('os-slots', 'sysupdate');

interface Tried {
  good: string;
  releases: { release: string; image: string; running: string; entries: string[][] }[];
}

/** Its transfer files, each changed. */
const transfers = (change: (text: string) => string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(TRANSFERS).map((name) => [
      `usr/lib/sysupdate.d/${name}`,
      change(readFileSync(join(TRANSFERS, name), 'utf8')),
    ]),
  );

const run = async (
  name: string,
  files: Record<string, string>,
  claims: string[],
): ReturnType<typeof booted> => {
  const layout = await derivedImage(made.good, join(made.scratch, name), files);
  return booted(layout, { results: join(made.scratch, 'results'), claims });
};

describe('an operating system for two slots that systemd-sysupdate writes to', () => {
  test('takes good releases of its publisher only, and leaves bad ones', async () => {
    const claims = [
      'boots',
      'root-read-only',
      'tampered',
      'signed-update',
      'downgrade',
      'update',
      'rollback',
      'failed-update',
    ];
    const { exitCode, shown } = await booted(made.good, { results: join(made.scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual(Object.fromEntries(claims.map((claim) => [claim, 'pass'])));
    expect(exitCode).toBe(0);
    const [boots] = shown.results;
    expect(boots?.detail).toMatchObject({
      family: 'sysupdate',
      entry: 'Debian GNU/Linux 13 (trixie) (os_1)',
    });
    const updated = shown.results.find(({ claim }) => claim === 'update');
    expect(updated?.detail.kernel).toEqual({ before: [], after: ['twinproof.release=next'] });
    for (const claim of ['tampered', 'signed-update', 'downgrade', 'update', 'failed-update'])
      expect(shown.results.find((result) => result.claim === claim)?.detail.updater).toMatchObject({
        program: UPDATER,
        version: expect.stringMatching(/^systemd 257 \(257\.\d+-\S+\)/) as string,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
    const failed = shown.results.find(({ claim }) => claim === 'failed-update');
    const { good: from, releases } = failed?.detail as unknown as Tried;
    expect(releases.map(({ release, running }) => [release, running])).toEqual([
      ['panics', from],
      ['unhealthy', from],
    ]);
    for (const [index, { entries }] of releases.entries()) {
      const names = count(`1.1.${index + 1}`);
      // It is offered first until it was given up.
      expect(entries.map(([first]) => first)).toEqual([...names.slice(0, 3), 'os_1.conf', 'os_1.conf']);
      expect(entries.at(-1)).toContain(names[3]);
    }
  });

  test('that checks no signature is red, and so is one that checks those of any key', async () => {
    const unverified = transfers((text) => text.replace('[Transfer]', '[Transfer]\nVerify=no'));
    const { exitCode, shown } = await run('unverified', unverified, ['tampered', 'signed-update']);
    expect(verdicts(shown)).toMatchObject({ tampered: 'fail', 'signed-update': 'fail' });
    expect(summary(shown, 'tampered')).toMatch(/^a changed file of an update was taken/);
    expect(summary(shown, 'signed-update')).toMatch(/^a release that nobody signed was taken/);
    expect(exitCode).toBe(1);
    const gpg = '#!/bin/sh\ncat > /dev/null\n';
    const any = await run('any-key', { 'usr/bin/gpg': gpg }, ['signed-update']);
    expect(verdicts(any.shown)).toMatchObject({ 'signed-update': 'fail' });
    expect(summary(any.shown, 'signed-update')).toMatch(/^a release that a stranger signed was taken/);
  });

  test('whose publisher nobody knows takes nothing, which is red', async () => {
    const ring = { 'usr/lib/systemd/.wh.import-pubring.gpg': '' };
    const { shown } = await run('no-keyring', ring, ['signed-update', 'update']);
    expect(verdicts(shown)).toMatchObject({ 'signed-update': 'fail', update: 'fail' });
    expect(summary(shown, 'signed-update')).toMatch(/^a release that is signed as it should be was refused/);
  });

  test("whose next release does not get the kernel's arguments that it wants is red", async () => {
    const forgetful = `[Unit]
RequiresMountsFor=/efi

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/sh -c 'sed -i "s/ twinproof[^ ]*//" /efi/loader/entries/os_1.1*.conf'
`;
    const { exitCode, shown } = await run(
      'forgetful',
      {
        'usr/lib/systemd/system/forgetful.service': forgetful,
        'usr/lib/systemd/system/multi-user.target.wants/forgetful.service': '-> ../forgetful.service',
      },
      ['boots', 'update'],
    );
    expect(verdicts(shown)).toEqual({ boots: 'pass', update: 'fail' });
    expect(summary(shown, 'update')).toBe('the kernel did not get twinproof.release=next');
    expect(exitCode).toBe(1);
  });

  test('whose boot loader is given no number of tries starts a bad release for ever, which is red', async () => {
    const uncounted = transfers((text) =>
      text.replace(/^Tries.*\n/gm, '').replace('os_@v+@l-@d.conf os_@v+@l.conf ', ''),
    );
    const { exitCode, shown } = await run('uncounted', uncounted, ['boots', 'failed-update']);
    expect(verdicts(shown)).toEqual({ boots: 'pass', 'failed-update': 'fail' });
    expect(summary(shown, 'failed-update')).toBe(
      'the release that cannot start was started 5 times, and nothing else',
    );
    expect(exitCode).toBe(1);
  });

  test('whose updater is another one when it runs is red', async () => {
    const swapped = unit(
      'swapping',
      `/bin/sh -c 'cp ${UPDATER} /run/updater && echo >> /run/updater && mount --bind /run/updater ${UPDATER}'`,
    );
    const { shown } = await run('swapped', swapped, ['update']);
    expect(summary(shown, 'update')).toContain(
      `${UPDATER}, which takes its updates, is not the one that is in the image`,
    );
    expect(verdicts(shown)).toMatchObject({ update: 'fail' });
  });

  test('and without systemd-sysupdate is started, and never updated', async () => {
    const claims = [
      'boots',
      'tampered',
      'signed-update',
      'downgrade',
      'update',
      'rollback',
      'failed-update',
      'disk-full',
      'power-cut',
    ];
    const { exitCode, shown } = await run(
      'no-updater',
      { 'usr/lib/systemd/.wh.systemd-sysupdate': '' },
      claims,
    );
    expect(verdicts(shown)).toEqual(
      Object.fromEntries(claims.map((claim) => [claim, claim === 'boots' ? 'pass' : 'error'])),
    );
    expect(summary(shown, 'tampered')).toBe(
      'no tool of the image updates its slots: it has no systemd-sysupdate',
    );
    expect(exitCode).toBe(2);
  });
});
