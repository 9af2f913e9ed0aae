import { describe, expect, it } from 'vitest';
import { hostPlatform, OCI_ARCHITECTURES, ociArchitecture, parsePlatform, platformText } from './platform.ts';

describe('platforms', () => {
  it.each(['linux/amd64', 'linux/arm64/v8', 'windows/amd64'])('reads and writes %s', (text) => {
    const platform = parsePlatform(text);
    expect(platform && platformText(platform)).toBe(text);
  });

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/amd64/', 'linux/arm64/v8/x', 'Linux/amd64', 'linux/../x'])(
    'takes %j for no platform',
    (text) => expect(parsePlatform(text)).toBeNull(),
  );

  it('knows architectures by the names that Debian, RPM, the kernel and Node give them', () => {
    expect(
      ['x86_64', 'x64', 'aarch64', 'armhf', 'ppc64el', 'ia32', 'riscv64', 'vax'].map(ociArchitecture),
    ).toEqual(['amd64', 'amd64', 'arm64', 'arm', 'ppc64le', '386', 'riscv64', 'vax']);
  });

  it('calls the architecture of this machine as OCI does', () => {
    expect(OCI_ARCHITECTURES).toContain(hostPlatform().architecture);
  });
});
