import { inflateRawSync } from 'node:zlib';
import type { Evidence, LanguagePackage } from './types.ts';

const JAR = /\.(?:jar|war|ear|jmod|hpi|par)$/i;
const POM = /(?:^|\/)META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;
const MAX_DEPTH = 4;
const MAX_MEMBERS = 200_000;
/** What all members of one file that are looked at expand to at most. */
const MAX_BYTES = 512 * 2 ** 20;

export const isJar = (path: string): boolean => JAR.test(path);

/**
 * What jars say by the `pom.properties` that Maven puts into them, jars inside included. One that has none tells nothing: what
 * it is cannot be seen from its name.
 */
export function jarEvidence(content: Buffer): Evidence {
  const look = { bytes: MAX_BYTES };
  const found = jarPackages(content, look, 0);
  return { ecosystem: 'Maven', packages: found ?? [], complete: found !== null };
}

/** Null where it, or a jar in it, does not tell. */
function jarPackages(content: Buffer, look: { bytes: number }, depth: number): LanguagePackage[] | null {
  const members = depth > MAX_DEPTH ? null : membersOf(content);
  if (members === null) return null;
  const found: LanguagePackage[] = [];
  let inner = 0;
  for (const member of members) {
    const isInner = isJar(member.name);
    if (!isInner && !POM.test(member.name)) continue;
    const bytes = contentOf(content, member, look);
    if (bytes === null) return null;
    const packages = isInner ? jarPackages(bytes, look, depth + 1) : pomPackage(bytes.toString('utf8'));
    if (packages === null) return null;
    found.push(...packages);
    inner += 1;
  }
  return inner === 0 ? null : found;
}

function pomPackage(text: string): LanguagePackage[] | null {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}[ \\t]*[=:][ \\t]*(\\S+)`, 'm').exec(text)?.[1];
  const [group, artifact, version] = [field('groupId'), field('artifactId'), field('version')];
  if (group === undefined || artifact === undefined || version === undefined) return null;
  return [{ ecosystem: 'Maven', name: `${group}:${artifact}`, version }];
}

interface Member {
  name: string;
  method: number;
  compressed: number;
  local: number;
}

/** Members by the central directory (APPNOTE.TXT, 4.3.12); null where there is none, or it is not whole. */
function membersOf(bytes: Buffer): Member[] | null {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > bytes.length) return null;
  const [count, size, offset] = [
    bytes.readUInt16LE(end + 10),
    bytes.readUInt32LE(end + 12),
    bytes.readUInt32LE(end + 16),
  ];
  // Something may stand in front of the archive.
  const base = end - size - offset;
  if (base < 0 || count === 0xffff || offset === 0xffffffff) return null;
  const members: Member[] = [];
  for (let at = base + offset; members.length < Math.min(count, MAX_MEMBERS);) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== 0x02014b50) return null;
    const nameLength = bytes.readUInt16LE(at + 28);
    members.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      compressed: bytes.readUInt32LE(at + 20),
      local: base + bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return members;
}

function contentOf(
  bytes: Buffer,
  { method, compressed, local }: Member,
  look: { bytes: number },
): Buffer | null {
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== 0x04034b50) return null;
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const raw = bytes.subarray(start, start + compressed);
  if (raw.length !== compressed || look.bytes <= 0) return null;
  try {
    const content =
      method === 8 ? inflateRawSync(raw, { maxOutputLength: look.bytes }) : method === 0 ? raw : null;
    look.bytes -= content?.length ?? 0;
    return content;
  } catch {
    return null;
  }
}
