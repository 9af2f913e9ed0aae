import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { derivedImage } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { setting } from './setting.ts';

/** As the boot loader counts, in the slot that does not run once the update took place. */
const COUNT = ['os-a+3.conf', 'os-a+2-1.conf', 'os-a+1-2.conf', 'os-a+0-3.conf'];

/** Decided by the updater that the harness plays, and so by nothing of the image's. */
const UNASKED = ['tampered', 'downgrade', 'disk-full', 'power-cut'];

const made = setting('os-slots', 'ab');

interface Tried {
  good: string;
  releases: { release: string; image: string; running: string; entries: string[][] }[];
}

describe('an operating system for two slots', () => {
  test('comes up by its own boot loader, takes a good release, and leaves bad ones', async () => {
    const claims = ['boots', 'root-read-only', ...UNASKED, 'update', 'failed-update'];
    const { exitCode, shown } = await booted(made.good, { results: join(made.scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual(
      Object.fromEntries(claims.map((claim) => [claim, UNASKED.includes(claim) ? 'error' : 'pass'])),
    );
    for (const claim of UNASKED) expect(summary(shown, claim)).toMatch(/^the reference updater here /);
    expect(exitCode).toBe(2);
    const [boots] = shown.results;
    expect(boots?.detail).toMatchObject({ family: 'ab', entry: 'Debian GNU/Linux 12 (bookworm) (slot a)' });
    const updated = shown.results.find(({ claim }) => claim === 'update');
    expect(updated?.detail.kernel).toEqual({ before: [], after: ['twinproof.release=next'] });
    const failed = shown.results.find(({ claim }) => claim === 'failed-update');
    const { good: from, releases } = failed?.detail as unknown as Tried;
    expect(releases.map(({ release, running }) => [release, running])).toEqual([
      ['panics', from],
      ['unhealthy', from],
    ]);
    for (const { entries } of releases) {
      // It is offered first until it was given up.
      const seen = COUNT.map((name, done) => (done < 3 ? [name, 'os-b.conf'] : ['os-b.conf', name]));
      expect(entries).toEqual([...seen, ['os-b.conf', COUNT[3]]]);
    }
  });

  test("whose next release does not get the kernel's arguments that it wants is red", async () => {
    const forgetful = `[Unit]
RequiresMountsFor=/efi

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/sh -c 'sed -i "s/ twinproof[^ ]*//" /efi/loader/entries/os-b*.conf'
`;
    const layout = await derivedImage(made.good, join(made.scratch, 'forgetful'), {
      'usr/lib/systemd/system/forgetful.service': forgetful,
      'usr/lib/systemd/system/multi-user.target.wants/forgetful.service': '-> ../forgetful.service',
    });
    const claims = ['boots', 'root-read-only', 'update'];
    const { exitCode, shown } = await booted(layout, { results: join(made.scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual({ boots: 'pass', 'root-read-only': 'pass', update: 'fail' });
    expect(summary(shown, 'update')).toBe('the kernel was not told twinproof.release=next');
    expect(exitCode).toBe(1);
  });

  test('whose boot loader is given no number of tries starts a bad release for ever, which is red', async () => {
    const layout = await derivedImage(made.good, join(made.scratch, 'uncounted'), {
      'etc/kernel/.wh.tries': '',
    });
    const claims = ['boots', 'root-read-only', 'failed-update'];
    const { exitCode, shown } = await booted(layout, { results: join(made.scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual({ boots: 'pass', 'root-read-only': 'pass', 'failed-update': 'fail' });
    expect(summary(shown, 'failed-update')).toBe(
      'the release that cannot start was started 5 times, and nothing else',
    );
    const { releases } = shown.results.at(-1)?.detail as { releases: { entries: string[][] }[] };
    const names = new Set(releases.flatMap(({ entries }) => entries.flat()));
    expect([...names].sort()).toEqual(['os-a.conf', 'os-b.conf']);
    expect(exitCode).toBe(1);
  });
});
