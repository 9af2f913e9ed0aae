/** Key of signatures by GnuPG in what ostree keeps beside a commit. Source: ostree 2022.7, "Signatures" and ostree-gpg-sign. */
const KEY = 'ostree.gpgsigs';

/**
 * What ostree keeps beside a commit that one key has signed, the content of its `.commitmeta`: a GVariant of type `a{sv}` in which
 * that key has a value of type `aay`. Source: GVariant specification 1.0, 2.5.3.1 and 2.5.4 (framing offsets).
 */
export function commitMetadata(signature: Uint8Array): Buffer {
  const value = Buffer.concat([framed([Buffer.from(signature)], [signature.length]), Buffer.from('\0aay')]);
  const key = Buffer.from(`${KEY}\0`);
  // A variant begins at a multiple of eight bytes.
  const padding = Buffer.alloc(-key.length & 7);
  const entry = framed([key, padding, value], [key.length]);
  return framed([entry], [entry.length]);
}

/** Pieces with the ends of those whose length varies after them, each in as few bytes as the whole has a size of. */
function framed(pieces: Buffer[], ends: number[]): Buffer {
  const bytes = Buffer.concat(pieces);
  const width = [1, 2, 4].find((each) => bytes.length + each * ends.length < 2 ** (8 * each)) ?? 8;
  const offsets = ends.map((end) => {
    const offset = Buffer.alloc(width);
    offset.writeUIntLE(end, 0, Math.min(width, 6));
    return offset;
  });
  return Buffer.concat([bytes, ...offsets]);
}
