import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { derivedImage, unit } from '../selftest/os-images.ts';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { setting } from './setting.ts';

const made = setting('os-signed', 'default');
const REMOTE = {
  'etc/ostree/remotes.d/os.conf': '[remote "os"]\nurl=https://updates.example.org/os\ngpg-verify=true\n',
};
/** Another one is in its place where releases are offered. */
const KEYRING = { 'usr/share/ostree/trusted.gpg.d/os.gpg': "the publisher's\n" };

const run = async (
  name: string,
  files: Record<string, string>,
  claims: string[],
): ReturnType<typeof booted> => {
  const layout = await derivedImage(made.good, join(made.scratch, name), files);
  return booted(layout, { results: join(made.scratch, 'results'), claims });
};

describe('a system that ostree updates from a remote', () => {
  test('takes what its publisher has signed, and nothing else', async () => {
    const claims = ['boots', 'tampered', 'signed-update', 'downgrade', 'update', 'rollback'];
    const { shown } = await run('signed', { ...REMOTE, ...KEYRING }, claims);
    expect(verdicts(shown)).toEqual(Object.fromEntries(claims.map((claim) => [claim, 'pass'])));
    const signed = shown.results.find(({ claim }) => claim === 'signed-update');
    expect(signed?.detail.offers).toMatchObject([
      { by: 'nobody', refused: expect.stringContaining('no signatures found') as string },
      { by: 'stranger', refused: expect.stringContaining('public key not found') as string },
    ]);
  });

  test('whose policy is lifted when it starts takes what nobody signed, which is red', async () => {
    const lifting = unit(
      'lifting',
      '/bin/sed -i s/gpg-verify=true/gpg-verify=false/ /etc/ostree/remotes.d/os.conf',
    );
    const { shown } = await run('lifting', { ...REMOTE, ...KEYRING, ...lifting }, ['signed-update']);
    expect(verdicts(shown)).toEqual({ 'signed-update': 'fail' });
    expect(summary(shown, 'signed-update')).toMatch(
      /^a release that nobody signed was taken; .*a release that a stranger signed was taken/,
    );
  });

  test('whose publisher nobody knows takes nothing, which is red', async () => {
    const { shown } = await run('unknown', REMOTE, ['signed-update']);
    expect(verdicts(shown)).toEqual({ 'signed-update': 'fail' });
    expect(summary(shown, 'signed-update')).toMatch(/a release that is signed as it should be was refused/);
  });
});
