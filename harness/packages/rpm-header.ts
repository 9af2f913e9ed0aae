/** Tags of rpm headers that are read here (rpmtag.h), with the type of their value. */
const TAGS = { name: 1000, version: 1001, release: 1002, epoch: 1003, arch: 1022, sourceRpm: 1044 } as const;
const INT32 = 4;
const STRING = 6;

/** What rpm itself allows a header to have (header.c, hdrblobInit). */
const MAX_ENTRIES = 0xffff;
const MAX_DATA = 0x0fffffff;
const ENTRY_BYTES = 16;

export interface RpmHeader {
  name: string;
  version: string;
  release: string;
  epoch: number | null;
  arch: string | null;
  sourceRpm: string | null;
}

/**
 * Reads a header as the rpm database stores it: number of entries and bytes of data (big-endian, 4 bytes each),
 * entries of tag, type, offset and count, then the data; as in a package, but without the magic (rpm-format(5)).
 * @returns the header, or a sentence that says what is wrong with it
 */
export function parseRpmHeader(blob: Uint8Array): RpmHeader | string {
  if (blob.length < 8) return 'a header is cut off';
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const entries = view.getUint32(0);
  const dataBytes = view.getUint32(4);
  if (entries === 0 || entries > MAX_ENTRIES || dataBytes > MAX_DATA) return 'a header has impossible sizes';
  const dataStart = 8 + entries * ENTRY_BYTES;
  if (dataStart + dataBytes !== blob.length) return 'a header is not as long as it says';
  const data = blob.subarray(dataStart);
  const values = new Map<number, { type: number; offset: number; count: number }>();
  for (let at = 8; at < dataStart; at += ENTRY_BYTES) {
    const tag = view.getUint32(at);
    // A second value under the same tag would be seen by some readers and not by others.
    if (values.has(tag)) return 'a header has a tag twice';
    values.set(tag, {
      type: view.getUint32(at + 4),
      offset: view.getUint32(at + 8),
      count: view.getUint32(at + 12),
    });
  }
  const text = (tag: number): string | null => {
    const value = values.get(tag);
    return value?.type === STRING && value.count === 1 ? stringAt(data, value.offset) : null;
  };
  const name = text(TAGS.name);
  const version = text(TAGS.version);
  const release = text(TAGS.release);
  if (name === null || version === null || release === null)
    return 'a header has no name, version or release';
  const epoch = values.get(TAGS.epoch);
  const hasEpoch = epoch?.type === INT32 && epoch.count === 1 && epoch.offset + 4 <= data.length;
  if (epoch !== undefined && !hasEpoch) return 'a header has an epoch that is no number';
  return {
    name,
    version,
    release,
    epoch: hasEpoch ? view.getUint32(dataStart + epoch.offset) : null,
    arch: text(TAGS.arch),
    sourceRpm: text(TAGS.sourceRpm),
  };
}

function stringAt(data: Uint8Array, offset: number): string | null {
  if (offset >= data.length) return null;
  const end = data.indexOf(0, offset);
  return end === -1 || end === offset ? null : new TextDecoder().decode(data.subarray(offset, end));
}
