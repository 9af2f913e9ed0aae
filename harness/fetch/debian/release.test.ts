import { createCleartextMessage, generateKey, readKey, readPrivateKey, sign } from 'openpgp';
import type { PublicKey } from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorLine } from '../../errors.ts';
import { readRelease } from './release.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const HEX = 'a'.repeat(64);
const TEXT = `Origin: Debian
Suite: oldstable
Codename: bookworm
Date: Sat, 28 Feb 2026 09:00:00 UTC
Valid-Until: Sat, 07 Mar 2026 09:00:00 UTC
Acquire-By-Hash: yes
SHA256:
 ${HEX} 1234 main/binary-amd64/Packages.xz
 ${'b'.repeat(64)} 0 main/binary-amd64/Packages
`;

interface Signer {
  key: PublicKey;
  sign: (text: string, date?: Date) => Promise<string>;
}

/** @param lifetime seconds until the key expires; 0 for never */
async function signer(lifetime = 0): Promise<Signer> {
  const date = new Date('2026-01-01T00:00:00Z');
  const made = await generateKey({
    userIDs: [{ name: 'archive' }],
    format: 'armored',
    date,
    keyExpirationTime: lifetime,
  });
  const signingKeys = await readPrivateKey({ armoredKey: made.privateKey });
  return {
    key: (await readKey({ armoredKey: made.publicKey })).toPublic(),
    sign: async (text, at = new Date('2026-01-02T00:00:00Z')) =>
      sign({ message: await createCleartextMessage({ text }), signingKeys, date: at }),
  };
}

let archive: Signer;
let other: Signer;
beforeAll(async () => {
  archive = await signer();
  other = await signer();
});

const read = (text: string, keys = [archive.key], now = NOW, checkValidUntil = true) =>
  readRelease(text, keys, { where: 'http://x/InRelease', suite: 'bookworm', now, checkValidUntil });
const complaint = (text: string, keys = [archive.key], now = NOW): Promise<string> =>
  read(text, keys, now).then(() => '', errorLine);

describe('readRelease', () => {
  it('reads what is signed, by suite or codename', async () => {
    const release = await read(await archive.sign(TEXT));
    expect(release).toMatchObject({ suite: 'oldstable', codename: 'bookworm', byHash: true });
    expect(release.files.get('main/binary-amd64/Packages.xz')).toEqual({ size: 1234, sha256: HEX });
  });

  it('takes one signature of a known key among several keys', async () => {
    expect(await complaint(await archive.sign(TEXT), [other.key, archive.key])).toBe('');
  });

  it('refuses a text that nobody signed, that another key signed, or that was changed afterwards', async () => {
    const says = /^http:\/\/x\/InRelease: input-mismatch: no valid signature by a key of the keyring/;
    const signed = await archive.sign(TEXT);
    expect(await complaint(TEXT)).toMatch(says);
    expect(await complaint(await other.sign(TEXT))).toMatch(says);
    expect(await complaint(signed.replace(HEX, 'c'.repeat(64)))).toMatch(says);
    expect(await complaint(signed.slice(0, signed.length / 2))).toMatch(says);
    expect(await complaint(signed, [])).toMatch(says);
  });

  it('reads nothing that stands outside of the signed part', async () => {
    const forged = TEXT.replace(HEX, 'c'.repeat(64));
    const signed = await archive.sign(TEXT);
    for (const text of [`${forged}\n${signed}`, `${signed}\n${forged}`]) {
      const files = await read(text).then(
        (release) => release.files.get('main/binary-amd64/Packages.xz')?.sha256,
        () => 'refused',
      );
      expect([HEX, 'refused']).toContain(files);
    }
  });

  it('refuses a key that has expired, also for what it signed before', async () => {
    const short = await signer(86_400);
    const signed = await short.sign(TEXT, new Date('2026-01-01T12:00:00Z'));
    expect(await complaint(signed, [short.key], new Date('2026-01-01T18:00:00Z'))).toBe('');
    const says = /no valid signature by a key of the keyring/;
    expect(await complaint(signed, [short.key], new Date('2026-01-03T00:00:00Z'))).toMatch(says);
    expect(await complaint(signed, [archive.key, short.key])).toMatch(says);
  });

  it('takes one past its Valid-Until where that is not to be checked, tells since when, and checks the rest', async () => {
    const later = new Date('2026-04-01');
    const release = await read(await archive.sign(TEXT), [archive.key], later, false);
    expect(release).toMatchObject({ expired: new Date('2026-03-07T09:00:00Z'), url: 'http://x/InRelease' });
    expect(await read(await archive.sign(TEXT), [archive.key], NOW, false)).toMatchObject({ expired: null });
    await expect(read(await other.sign(TEXT), [archive.key], later, false)).rejects.toThrow(
      'no valid signature',
    );
    const undated = await archive.sign(TEXT.replace(/Valid-Until: .*/, 'Valid-Until: never'));
    await expect(read(undated, [archive.key], later, false)).rejects.toThrow('is no date');
  });

  it('refuses another suite, one out of date, and lists of files that are broken', async () => {
    const changed = (from: string | RegExp, to: string): Promise<string> =>
      archive.sign(TEXT.replace(from, to)).then((text) => complaint(text));
    expect(await changed(/Suite.*\nCodename.*\n/, 'Suite: stable\nCodename: trixie\n')).toMatch(
      /input-mismatch: this is "stable", not the suite "bookworm"/,
    );
    expect(await complaint(await archive.sign(TEXT), [archive.key], new Date('2026-04-01'))).toMatch(
      /input-unavailable: out of date since Sat, 07 Mar 2026/,
    );
    expect(await changed(HEX, 'xyz')).toMatch(/input-mismatch: a broken list of files/);
    expect(await changed('1234', 'many')).toMatch(/input-mismatch: a broken list of files/);
    expect(await changed(/Date: .*/, 'Date: soon')).toMatch(/input-mismatch: "soon" is no date/);
  });
});
