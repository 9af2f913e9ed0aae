import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { derivedImage } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { diskOf, setting } from './setting.ts';

/** A system that opens no shell for debugging, whatever it is told, and takes its address from the network. */
const SHELL_LESS = {
  'etc/systemd/system/debug-shell.service': '-> /dev/null',
  'etc/systemd/network/wired.network': '[Match]\nType=ether\n[Network]\nDHCP=ipv4\n',
  'etc/systemd/system/multi-user.target.wants/systemd-networkd.service':
    '-> /usr/lib/systemd/system/systemd-networkd.service',
};

const made = setting('os-ssh', 'ab');

/** A disk with the image and these files, as somebody might hand it over. */
async function diskWith(name: string, files: Record<string, string>): Promise<string> {
  const layout = await derivedImage(made.good, join(made.scratch, name), files);
  return diskOf(layout, join(made.scratch, `${name}.raw`));
}

const started = (path: string, claims: string[]): ReturnType<typeof booted> =>
  booted(path, { results: join(made.scratch, 'results'), claims });

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
