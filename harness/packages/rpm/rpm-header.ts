import { INT32, parseRpmTags, STRING, type RpmTags } from './rpm-tags.ts';
import { issuerOf } from './signature-issuer.ts';

/** Tags of rpm headers that are read here (rpmtag.h). */
const TAGS = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  arch: 1022,
  sourceRpm: 1044,
  module: 5096,
} as const;
const FILES = { directoryIndexes: 1116, baseNames: 1117, directories: 1118 } as const;

export interface RpmHeader {
  name: string;
  version: string;
  release: string;
  epoch: number | null;
  arch: string | null;
  sourceRpm: string | null;
  vendor: string | null;
  license: string | null;
  /** Stream of the module that it is of. */
  module: string | null;
  /** Key that the signature of the header names, hex; null where it is not signed. */
  signedBy: string | null;
}

/**
 * What a header in the rpm database says of its package.
 * @returns the header, or a sentence that says what is wrong with it
 */
export function parseRpmHeader(blob: Uint8Array): RpmHeader | string {
  const tags = parseRpmTags(blob);
  if (typeof tags === 'string') return tags;
  const text = (tag: number): string | null => {
    const value = tags.get(tag);
    return value?.type === STRING && value.count === 1 ? tags.text(value) : null;
  };
  const name = text(TAGS.name);
  const version = text(TAGS.version);
  const release = text(TAGS.release);
  if (name === null || version === null || release === null)
    return 'a header has no name, version or release';
  const epoch = tags.get(TAGS.epoch);
  const number = epoch?.type === INT32 && epoch.count === 1 ? (tags.numbers(epoch)[0] ?? null) : null;
  if (epoch !== undefined && number === null) return 'a header has an epoch that is no number';
  return {
    name,
    version,
    release,
    epoch: number,
    arch: text(TAGS.arch),
    sourceRpm: text(TAGS.sourceRpm),
    vendor: text(TAGS.vendor),
    license: text(TAGS.license),
    module: text(TAGS.module),
    signedBy: signerOf(tags),
  };
}

/** Signatures: of the header by RSA or EdDSA and by DSA, of header and payload; rpm 6 has a list of them in Base64. */
const SIGNATURES = { rsaHeader: 268, dsaHeader: 267, pgp: 259, gpg: 262, openPgp: 278 } as const;

function signerOf(tags: RpmTags): string | null {
  const base64 = tags.get(SIGNATURES.openPgp);
  const texts = base64 === undefined ? [] : tags.texts(base64);
  const packets: Buffer[] = texts.map((text) => Buffer.from(text, 'base64'));
  for (const tag of [SIGNATURES.rsaHeader, SIGNATURES.dsaHeader, SIGNATURES.pgp, SIGNATURES.gpg]) {
    const found = tags.get(tag);
    if (found !== undefined) packets.push(tags.bytes(found));
  }
  for (const packet of packets) {
    const issuer = issuerOf(packet);
    if (issuer !== null) return issuer;
  }
  return null;
}

/** `epoch:version-release` as rpm writes it. */
export function rpmVersion({ epoch, version, release }: RpmHeader): string {
  return `${epoch === null ? '' : `${epoch}:`}${version}-${release}`;
}

/** Paths of a package's files without the leading slash, as binary strings; none where the lists do not fit. */
export function rpmFiles(blob: Uint8Array): string[] {
  const tags = parseRpmTags(blob);
  if (typeof tags === 'string') return [];
  const list = (tag: number) => tags.get(tag) ?? { type: 0, offset: 0, count: 0 };
  const directories = tags.texts(list(FILES.directories));
  const indexes = tags.numbers(list(FILES.directoryIndexes));
  return tags.texts(list(FILES.baseNames)).flatMap((name, number) => {
    const directory = directories[indexes[number] ?? -1];
    return directory === undefined ? [] : [`${directory}${name}`.replace(/^\//, '')];
  });
}
