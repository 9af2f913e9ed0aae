import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotFollowed, parseTransfers } from './transfers.ts';

const FIXTURE = 'fixtures/os/debian/sysupdate/transfers';
const bundled = new Map(
  readdirSync(FIXTURE).map((name) => [
    `usr/lib/sysupdate.d/${name}`,
    readFileSync(`${FIXTURE}/${name}`) as Uint8Array,
  ]),
);
const SPECIFIERS = new Map([['M', 'particle']]);
const ROOT = 'usr/lib/sysupdate.d/10-root.transfer';

/** The bundled ones with other files. */
const parse = (files: Record<string, string | null>): ReturnType<typeof parseTransfers> => {
  const all = new Map(bundled);
  for (const [path, text] of Object.entries(files))
    if (text === null) all.delete(path);
    else all.set(path, Buffer.from(text));
  return parseTransfers(all, SPECIFIERS);
};
const root = (more: string): string => `[Source]
Type=url-file
Path=https://example.com
MatchPattern=x_@v.xz
[Target]
Type=partition
Path=auto
MatchPattern=x_@v
MatchPartitionType=root
${more}`;

describe('transfer files', () => {
  test('say what the parts of a release are called', () => {
    const told = [...parse({})].map(([part, { source, target }]) => [part, source, target]);
    expect(told).toEqual([
      ['root', 'os_@v.root', 'os_@v'],
      ['kernel', 'os_@v.vmlinuz', '/os/os_@v.vmlinuz'],
      ['initrd', 'os_@v.initrd', '/os/os_@v.initrd'],
      ['entry', 'os_@v.conf', '/loader/entries/os_@v.conf'],
    ]);
  });

  test('in /etc count in place of those of their name', () => {
    const own = root('MatchPattern=\nMatchPattern=%M_@v_@l %M_@v\n# and so on \\\nMatchPattern=no');
    expect(parse({ 'etc/sysupdate.d/10-root.transfer': own }).get('root')?.target).toBe('particle_@v');
  });

  test.each<[string, string | null, RegExp]>([
    ['are not all there', null, /^no transfer file is for root$/],
    ['take local files', root('').replace('url-file', 'regular-file'), /takes regular-file/],
    ['name no server', root('').replace('https:', 'ftp:'), /names no server/],
    ['are optional', `[Transfer]\nFeatures=devel\n${root('')}`, /optional feature/],
    ['are for what is not made here', root('MatchPartitionType=root-verity'), /partition root-verity/],
    ['name nothing by the version', root('').replace('x_@v\n', 'x_@u_@v\n'), /by the version alone/],
    ['name what is no name', root('').replace('x_@v\n', "x'; reboot; '@v\n"), /by the version alone/],
    ['have specifiers that are not known', root('').replace('x_@v\n', '%H_@v\n'), /by the version alone/],
  ])('that %s are not followed', (_what, text, reason) => {
    expect(() => parse({ [ROOT]: text })).toThrow(reason);
    expect(() => parse({ [ROOT]: text })).toThrow(NotFollowed);
  });

  test('of any bytes end in the one error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => parseTransfers(new Map([[ROOT, bytes]]), SPECIFIERS)).toThrow(NotFollowed);
      }),
    );
  });
});
