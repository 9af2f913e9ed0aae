import { dateOf } from './dates.ts';
import type { Seen, DifferenceSite } from './types.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
/** Digits alone would be a number, letters alone a word. */
const HEX =
  /(?<![0-9a-z])(?=(?:0x)?\d*[a-f])(?=(?:0x)?[a-f]*\d)(?:0x[0-9a-f]{17,}|[0-9a-f]{12,})(?![0-9a-z])/i;
const BASE64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}(?![A-Za-z0-9+/_-])/;
const TEMPORARY =
  /(?:^|\/)(?:tmp|temp)[.\w-]*[A-Za-z0-9_]{6,}|\b(?:tmp|cc|temp)\.?[A-Za-z0-9_]{6,10}\b|[._-][A-Za-z0-9]{6,12}(?:\/|\.\w+|$)/;

/** Hashes of passwords as crypt(5) and argon2 write them: the salt is random, and so all of it. */
const CRYPT = /\$(?:1|2[abxy]|5|6|7|y|gy|argon2\w*|scrypt|pbkdf2[\w-]*)\$[^\s:"']{16,}/;

function inHash({ a, lineA, lineB }: DifferenceSite): boolean {
  const [one, other] = [CRYPT.exec(lineA)?.[0], CRYPT.exec(lineB)?.[0]];
  return one !== undefined && other !== undefined && one !== other && (a === '' || lineA.includes(a));
}

/** Words of random digits and letters. */
export const RANDOM_WORD = new RegExp(`${UUID.source}|${HEX.source}`, 'i');

/** Both have the form, and it is not the same text. */
function both({ a, b }: DifferenceSite, form: RegExp): boolean {
  const [one, other] = [form.exec(a)?.[0], form.exec(b)?.[0]];
  return one !== undefined && other !== undefined && one !== other && one.length === other.length;
}

/** Letters of both cases and digits, in a mix that words and paths do not have. */
function mixed(text: string): boolean {
  const body = text.replaceAll(/[^A-Za-z0-9]/g, '');
  return /[a-z]/.test(body) && /[A-Z]/.test(body) && /\d/.test(body);
}

const SECRET = /passw|secret|token|salt|nonce|\bkey\b|_key\b|seed/i;
const bothCases = (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text);

/** Bits by which two equally long byte strings differ, as a share; 0.5 for random ones. */
function share(a: Buffer, b: Buffer): { differing: number; bits: number } {
  let [differing, bits] = [0, 0];
  for (const [at, byte] of a.entries()) {
    const other = b[at] ?? 0;
    if (byte === other) continue;
    bits += 8;
    for (let rest = byte ^ other; rest !== 0; rest &= rest - 1) differing += 1;
  }
  return { differing, bits };
}

/** Bytes of full entropy: hardly any two alike, half of all bits turned. */
function randomBytes(site: DifferenceSite): boolean {
  if (site.kind !== 'bytes' || site.format !== 'bytes' || site.part !== '') return false;
  const [a, b] = [Buffer.from(site.a, 'hex'), Buffer.from(site.b, 'hex')];
  const length = Math.min(a.length, b.length);
  if (length < 16) return false;
  let head = 0;
  while (head < length && a[head] === b[head]) head += 1;
  const [one, other] = [a.subarray(head, length), b.subarray(head, length)];
  if (one.length < 16) return false;
  const { differing, bits } = share(one, other);
  const alike = 1 - bits / 8 / one.length;
  const variety = (bytes: Buffer): number => new Set(bytes).size / bytes.length;
  return alike < 0.1 && Math.abs(differing / bits - 0.5) < 0.15 && variety(one) > 0.7 && variety(other) > 0.7;
}

/** Between 0 and 1 with all the digits of a double, alike in none of them: what rounds differently is alike in most. */
function randomFraction({ a, b }: DifferenceSite): boolean {
  const [one, other] = [a, b].map((text) => /^0?\.(\d{13,19})$/.exec(text)?.[1]);
  return one !== undefined && other !== undefined && one.slice(0, 2) !== other.slice(0, 2);
}

/** Numbers of many digits without anything in common at their beginning. */
function randomNumber({ a, b }: DifferenceSite, recipe: string): boolean {
  if (!/^-?(?:0\.)?\d{3,}(?:\.\d+)?$/.test(a) || !/^-?(?:0\.)?\d{3,}(?:\.\d+)?$/.test(b)) return false;
  if (dateOf(a) !== null && dateOf(b) !== null) return false;
  return /random|\bshuf\b|\$RANDOM|\brand\b|secrets\./i.test(recipe);
}

/** Lengths of digests in hex, from md5 to sha512, and how a text says that it has one. */
const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
const DIGEST_LINE =
  /\bsha-?\d+|\bmd5|digest|check ?sum|\bcrc|integrity|commit|revision|\brev\b|etag|fingerprint|signature|\bhash(?:es)?\b/i;
const DIGEST_FILE =
  /(?:sums?(?:\.\w+)?|RECORD|MANIFEST\.MF|\.(?:lock|dsc|changes|buildinfo|sha\d+|md5|asc|sig))$/i;

/** It follows from what has that digest: where that is not known, it is not known why it differs either. */
function isDigest({ a, b, lineA }: DifferenceSite, path: string): boolean {
  const speaks = DIGEST_LINE.test(lineA) || DIGEST_FILE.test(path);
  const [one, other] = [a, b].map((text) => text.replace(/^sha\d+[-:=]/, ''));
  const base64 = /^[A-Za-z0-9+/_-]{22,88}={0,2}$/;
  return (
    speaks && [one, other].every((text) => text !== undefined && (DIGEST.test(text) || base64.test(text)))
  );
}

/** Names with a digest in them, of a path or of content: documentation and bundles of scripts have such files. */
const DIGEST_NAME = /(?<![0-9a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?:[._]\w+)*\.\w+/i;

/** Go's build id, or a piece of it: hashes of actions and contents, in base64, with a slash between. */
const GO_BUILD_ID = /[\w-]{8,20}\/[\w-]{18,20}(?:\/|$)/;

export function looksRandom(site: DifferenceSite, { recipe, entry }: Seen): boolean {
  if (randomBytes(site)) return true;
  if (isDigest(site, entry.path) || (GO_BUILD_ID.test(site.a) && GO_BUILD_ID.test(site.b))) return false;
  if (site.kind !== 'text' && site.kind !== 'field' && site.kind !== 'member') return false;
  if (DIGEST_NAME.test(site.a) && DIGEST_NAME.test(site.b)) return false;
  if (both(site, UUID) || both(site, HEX) || randomFraction(site) || inHash(site)) return true;
  if (both(site, BASE64) && mixed(site.a) && mixed(site.b)) return true;
  if (both(site, BASE64) && SECRET.test(site.lineA) && bothCases(site.a) && bothCases(site.b)) return true;
  if (
    both(site, TEMPORARY) &&
    (/tmp|temp/i.test(site.a) || /mktemp|tempfile|mkstemp|TemporaryDirectory/.test(recipe))
  ) {
    return site.a.length === site.b.length;
  }
  return randomNumber(site, recipe);
}
