import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lendTrust, withoutLinks } from './trust.ts';

let base: string;
let root: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'trust-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'etc/pki/tls/certs'), { recursive: true });
  mkdirSync(join(root, 'etc/pki/extracted'), { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true }));

const lend = (command: string): ReturnType<typeof lendTrust> =>
  lendTrust(
    { root: { path: root }, process: { args: ['/bin/sh', '-c', command] } },
    { bundle: base, authority: 'OURS\n' },
  );

describe('lendTrust', () => {
  test('adds to what is trusted, where the links of the image lead', () => {
    writeFileSync(join(root, 'etc/pki/extracted/all.pem'), 'THEIRS\n');
    symlinkSync('/etc/pki/extracted/all.pem', join(root, 'etc/pki/tls/certs/ca-bundle.crt'));
    const { mounts, variables } = lend('curl https://example.org');
    expect(mounts.map(({ destination }) => destination)).toEqual([
      '/etc/pki/extracted/all.pem',
      '/dev/build-certificates.pem',
    ]);
    expect(readFileSync(mounts[0]?.source ?? '', 'utf8')).toBe('THEIRS\nOURS\n');
    expect(variables.SSL_CERT_FILE).toBe('/dev/build-certificates.pem');
  });

  test('puts no file where there is none, so that nothing is left in the image', () => {
    expect(lend('true').mounts.map(({ destination }) => destination)).toEqual([
      '/dev/build-certificates.pem',
    ]);
  });

  test('mounts over nothing that the instruction makes anew', () => {
    writeFileSync(join(root, 'etc/pki/tls/certs/ca-bundle.crt'), 'THEIRS\n');
    expect(lend('update-ca-trust').mounts).toHaveLength(1);
    expect(lend('true').mounts).toHaveLength(2);
  });
});

describe('withoutLinks', () => {
  test('never leaves the root, and gives up on circles and folders', () => {
    writeFileSync(join(base, 'outside'), 'secret');
    symlinkSync('../../../../outside', join(root, 'etc/up'));
    symlinkSync(join(base, 'outside'), join(root, 'etc/absolute'));
    symlinkSync('circle', join(root, 'etc/circle'));
    for (const name of ['etc/up', 'etc/absolute', 'etc/circle', 'etc/pki', 'etc/none'])
      expect(withoutLinks(root, name)).toBeNull();
  });
});
