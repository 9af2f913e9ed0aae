import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { listScratch } from '../../../harness/engine/scratch.ts';
import { derivedImage, unit } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { ROOT } from '../selftest/support.ts';
import { setting } from './setting.ts';

/** Claims that take little time in a machine whose processor is emulated. */
const QUICK = ['boots', 'root-read-only'];

/** A program that is found before ostree itself, and does something of its own first. */
const ostreeThat = (deed: string): Record<string, string> => ({
  'usr/sbin/ostree': `#!/bin/sh\n${deed}\nexec /usr/bin/ostree "$@"\n`,
});

/** A key of an SSH server that is the same wherever the image runs, beside the one that each machine makes. */
function hostKey(): Record<string, string> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  // RFC 5656, 3.1, "Key Format".
  const parts = [Buffer.from('ecdsa-sha2-nistp256'), Buffer.from('nistp256'), point];
  const blob = Buffer.concat(parts.flatMap((part) => [Buffer.of(0, 0, 0, part.length), part]));
  return {
    'etc/ssh/ssh_host_ecdsa_key': privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
    'etc/ssh/ssh_host_ecdsa_key.pub': `ecdsa-sha2-nistp256 ${blob.toString('base64')}\n`,
  };
}

const made = setting('os-claims', 'default');
let images = 0;

describe('an operating system of which one thing is broken', () => {
  test.each([
    ['boots', unit('broken', '/bin/false'), /broken\.service/],
    ['kernel', { 'var/lib/dpkg/.wh.status': '' }, /^no package of the image is the kernel /],
    [
      'same-image',
      unit(
        'covering',
        "/bin/sh -c 'mount --bind /usr/lib/sysctl.d /usr/lib/modprobe.d && mount -o remount,bind,ro /usr/lib/modprobe.d'",
      ),
      /modprobe\.d/,
    ],
    [
      'same-image',
      ostreeThat(`[ "$1" != show ] || { echo "'sha256:${'0'.repeat(64)}'"; exit 0; }`),
      /^it says that it runs sha256:0{64}$/,
    ],
    [
      'state-writable',
      { 'etc/systemd/system/var.mount': '[Mount]\nWhat=tmpfs\nWhere=/var\nType=tmpfs\n' },
      /\/var lost what was written there/,
    ],
    [
      'rollback',
      unit('forgetting', "/bin/sh -c 'ostree admin undeploy 1 || true'"),
      /the previous system was not kept/,
    ],
    [
      'identity',
      { 'etc/machine-id': '0123456789abcdef0123456789abcdef\n' },
      /a clone has the same machine-id/,
    ],
    ['identity', hostKey(), /^a clone has the same SSH host keys$/],
    [
      'tampered',
      ostreeThat('[ "$3" != --untrusted ] || exec /usr/bin/ostree pull-local "$2" "$4" "$5"'),
      /a changed file of an update was taken/,
    ],
    [
      'downgrade',
      ostreeThat('[ "$2" != upgrade ] || exec /usr/bin/ostree admin upgrade --allow-downgrade --stage'),
      /^an older release was taken/,
    ],
    [
      'disk-full',
      ostreeThat(
        '[ "$1" != pull-local ] || /usr/bin/ostree "$@" || { rm -rf /sysroot/ostree/repo/objects/0*; exit 1; }',
      ),
      /the store: /,
    ],
  ])('turns %s red, and no other', async (claim, files, reason) => {
    const layout = await derivedImage(made.good, join(made.scratch, `bad-${(images += 1)}`), files);
    // What takes long goes well in the good image.
    const claims = claim === 'rollback' ? ['boots', 'update', claim] : [...new Set([...QUICK, claim])];
    const { exitCode, shown } = await booted(layout, { results: join(made.scratch, 'results'), claims });
    const expected = Object.fromEntries(claims.map((one) => [one, one === claim ? 'fail' : 'pass']));
    expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual(expected);
    expect(summary(shown, claim)).toMatch(reason);
    expect(exitCode).toBe(1);
  });

  test('refuses an older release for its age when nothing is broken', async () => {
    const { shown } = await booted(made.good, {
      results: join(made.scratch, 'results'),
      claims: ['downgrade'],
    });
    expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual({ downgrade: 'pass' });
    expect(summary(shown, 'downgrade')).toMatch(/^refused: .*chronologically older/);
  });

  test('turns update red when the menu of its boot loader cannot be switched', async () => {
    const layout = await derivedImage(
      made.good,
      join(made.scratch, 'stuck'),
      unit('stuck', '/usr/bin/chattr +i /boot'),
    );
    const claims = [...QUICK, 'update'];
    const { shown } = await booted(layout, { results: join(made.scratch, 'results'), claims });
    expect(verdicts(shown)).toEqual({ boots: 'pass', 'root-read-only': 'pass', update: 'fail' });
    expect(summary(shown, 'update')).toMatch(/after the update it says that it runs sha256:/);
  });

  test('survives an update without room when nothing is broken', async () => {
    const { shown } = await booted(made.good, {
      results: join(made.scratch, 'results'),
      claims: ['disk-full'],
    });
    expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual({ 'disk-full': 'pass' });
  });

  test('takes a next release whose links have modes, which no engine looks at', async () => {
    const next = await derivedImage(
      made.good,
      join(made.scratch, 'links'),
      { 'usr/share/next-release': 'next\n', 'usr/share/next-link': '-> next-release' },
      ['--mode=u=rwX,go=rX'],
    );
    const claims = ['boots', 'tampered', 'update'];
    const { shown } = await booted(made.good, { results: join(made.scratch, 'results'), claims, next });
    expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual({
      boots: 'pass',
      tampered: 'pass',
      update: 'pass',
    });
  });

  test('is not updated behind the back of bootc, which it has', async () => {
    const layout = await derivedImage(made.good, join(made.scratch, 'with-bootc'), {
      'usr/bin/bootc': '#!/bin/sh\nexit 1\n',
      'usr/lib/bootc/kargs.d/10-told.toml': 'kargs = ["twinproof.told=1"]\n',
      ...unit('told', '/bin/grep -qw twinproof.told=1 /proc/cmdline'),
    });
    const claims = ['boots', 'kernel', 'tampered', 'update', 'rollback'];
    const { exitCode, shown } = await booted(layout, { results: join(made.scratch, 'results'), claims });
    expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual({
      ...{ boots: 'pass', kernel: 'pass' },
      ...{ tampered: 'error', update: 'error', rollback: 'error' },
    });
    expect(summary(shown, 'update')).toMatch(/^bootc updates this image, and did not install it here/);
    expect(exitCode).toBe(2);
  });

  test('turns update red when its next release overwrites what the user changed', async () => {
    const next = await derivedImage(made.good, join(made.scratch, 'next'), {
      'etc/gai.conf': '# next\n',
      'etc/host.conf': '# next\n',
      ...unit(
        'overwriting',
        "/bin/sh -c 'cd /usr/etc && find . -type f ! -name machine-id -exec cp -a --parents -t /etc {} +'",
      ),
    });
    const claims = ['boots', 'update'];
    const { shown } = await booted(made.good, { results: join(made.scratch, 'results'), claims, next });
    expect(verdicts(shown)).toEqual({ boots: 'pass', update: 'fail' });
    expect(summary(shown, 'update')).toMatch(
      /\/etc\/host\.conf, changed by both, is not as the user left it/,
    );
  });
});

test('is started by GRUB where it brings that, and else directly, which is said', async () => {
  const files = { 'usr/lib/grub/x86_64-efi/.wh.syslinuxcfg.mod': '' };
  const layout = await derivedImage(made.good, join(made.scratch, 'no-loader'), files);
  for (const [image, loader, said] of [
    [made.good, 'grub', /nothing failed$/],
    [layout, null, /its kernel was started directly, without a boot loader$/],
  ] as const) {
    const { shown } = await booted(image, {
      results: join(made.scratch, 'results'),
      claims: ['boots', 'kernel'],
    });
    expect(verdicts(shown)).toEqual({ boots: 'pass', kernel: 'pass' });
    expect(shown.results[0]?.detail).toMatchObject({ loader });
    expect(summary(shown, 'boots')).toMatch(said);
  }
});

test('a check that is interrupted keeps what was decided by then, and leaves no machine behind', async () => {
  const running = execa(
    process.execPath,
    [
      ...[join(ROOT, 'harness/cli/main.ts'), 'boot', `oci:${made.good}`, '--accel', 'tcg', '--json'],
      ...['--claim', 'boots', '--claim', 'state-writable', '--results', join(made.scratch, 'results')],
    ],
    { reject: false },
  );
  running.stderr.on('data', (piece: Buffer) => {
    if (piece.toString().includes('checking state-writable')) running.kill('SIGINT');
  });
  const { stdout, exitCode } = await running;
  expect(exitCode).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({
    interrupted: true,
    results: [{ claim: 'boots', verdict: 'pass' }],
  });
  const run = `boot-${running.pid ?? 0}`;
  expect((await listScratch()).filter(({ owner }) => owner?.run === run)).toEqual([]);
});

test.each([
  ['all that was typed is done', 'sleep 20\necho $((6 * 7)) is $(id -un)\n'],
  ['it is switched off', 'echo $((6 * 7)) is $(id -un)\nsystemctl poweroff; sleep 600\n'],
])('--shell puts through to root in the guest, until %s', async (_until, input) => {
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [join(ROOT, 'harness/cli/main.ts'), 'boot', `oci:${made.good}`, '--accel', 'tcg', '--shell'],
    { input, reject: false },
  );
  expect(stderr).toContain('root in the guest');
  expect(stdout).toContain('42 is root');
  expect(exitCode).toBe(0);
});
