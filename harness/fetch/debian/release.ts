import { readCleartextMessage, verify } from 'openpgp';
import type { PublicKey } from 'openpgp';
import { TwinproofError } from '../../errors.ts';
import { quote } from '../../lock/quote.ts';
import { parseStanzas } from '../../packages/dpkg/deb-stanza.ts';
import { validKeys } from '../signing-keys.ts';

/** What a signed InRelease file says (Debian repository format, "Release files"). */
export interface Release {
  url: string;
  suite: string;
  codename: string;
  date: Date;
  /** `Valid-Until`, where that is past and was not to be checked. */
  expired: Date | null;
  /** Index files by path below the suite. */
  files: Map<string, { size: number; sha256: string }>;
  /** Index files can also be had by checksum, which does not race with an update of the archive. */
  byHash: boolean;
}

const FIELDS = new Set(['suite', 'codename', 'date', 'valid-until', 'acquire-by-hash', 'sha256']);

export interface ReleaseOptions {
  /** URL, named in errors. */
  where: string;
  suite: string;
  /** For `Valid-Until`, as what is older may be a replay of an archive with known holes, and for keys that expire. */
  now: Date;
  /** Whether one past its `Valid-Until` is an error; otherwise it is reported in `expired`. */
  checkValidUntil: boolean;
}

/**
 * Checks the signature of an InRelease file and reads the signed part only.
 * @throws TwinproofError input-mismatch for a bad signature or another suite, input-unavailable for one out of date
 */
export async function readRelease(
  text: string,
  keys: PublicKey[],
  { where, suite, now, checkValidUntil }: ReleaseOptions,
): Promise<Release> {
  const signed = await signedText(text, await validKeys(keys, now), where);
  const [stanza] = parseStanzas(signed, {
    where,
    code: 'input-mismatch',
    fields: FIELDS,
    maxValueLength: 8 * 1024 ** 2,
  });
  const field = (name: string): string => stanza?.get(name) ?? '';
  if (field('suite') !== suite && field('codename') !== suite) {
    throw fault(where, `this is ${quote(field('suite'))}, not the suite ${quote(suite)}`);
  }
  const date = readDate(field('date'), where);
  const until = field('valid-until');
  const validUntil = until === '' ? null : readDate(until, where);
  const expired = validUntil !== null && validUntil < now ? validUntil : null;
  if (expired !== null && checkValidUntil) {
    throw new TwinproofError('input-unavailable', `out of date since ${until}`, {
      where,
      hint:
        'the mirror is not updated any more, or the clock of this machine is wrong; ' +
        '`checkValidUntil: false` in the repository of the input file takes it all the same, as a snapshot needs',
    });
  }
  return {
    url: where,
    suite: field('suite'),
    codename: field('codename'),
    date,
    expired,
    files: readFiles(field('sha256'), where),
    byHash: field('acquire-by-hash') === 'yes',
  };
}

/** The text that a key of the keyring has signed; nothing outside of it is looked at. */
async function signedText(text: string, keys: PublicKey[], where: string): Promise<string> {
  try {
    const message = await readCleartextMessage({ cleartextMessage: text });
    const { data, signatures } = await verify({ message, verificationKeys: keys });
    // An archive signs with the keys of two releases; one that the keyring knows is enough, as for apt.
    await Promise.any(signatures.map(({ verified }) => verified));
    return data;
  } catch (cause) {
    throw new TwinproofError('input-mismatch', 'no valid signature by a key of the keyring', {
      where,
      hint: 'name the right keyring in the input file; otherwise somebody has changed what the archive sends',
      cause,
    });
  }
}

function readDate(text: string, where: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw fault(where, `${quote(text)} is no date`);
  return date;
}

function readFiles(text: string, where: string): Release['files'] {
  const files: Release['files'] = new Map();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [sha256 = '', size = '', path = ''] = line.trim().split(/\s+/);
    if (!/^[0-9a-f]{64}$/.test(sha256) || !/^[0-9]{1,12}$/.test(size))
      throw fault(where, 'a broken list of files');
    files.set(path, { size: Number(size), sha256 });
  }
  return files;
}

function fault(where: string, message: string): TwinproofError {
  return new TwinproofError('input-mismatch', message, { where });
}
