/** APPNOTE.TXT, section 4.3.16: the record at the end of an archive, with a comment of up to 65,535 bytes. */
const END = 22;
const END_SIGNATURE = Buffer.from('504b0506', 'hex');
const CENTRAL = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LONGEST = END + 0xffff;

/** Where the record stands whose comment reaches to the very end; -1 where there is none. */
function endAt(bytes: Buffer): number {
  const tail = bytes.subarray(Math.max(0, bytes.length - LONGEST));
  for (
    let at = tail.lastIndexOf(END_SIGNATURE);
    at >= 0;
    at = at === 0 ? -1 : tail.lastIndexOf(END_SIGNATURE, at - 1)
  )
    if (at + END <= tail.length && at + END + tail.readUInt16LE(at + 20) === tail.length)
      return bytes.length - tail.length + at;
  return -1;
}

/** Where the directory stands that ends in front of that record; -1 where none does. */
function directoryAt(bytes: Buffer): number {
  const end = endAt(bytes);
  if (end < 0) return -1;
  const directory = end - bytes.readUInt32LE(end + 12);
  const fits = directory >= 0 && directory + CENTRAL <= end;
  return fits && bytes.readUInt32LE(directory) === CENTRAL_SIGNATURE ? directory : -1;
}

/** Whether a zip archive is what a file ends in. */
export const endsInZip = (bytes: Buffer): boolean => directoryAt(bytes) >= 0;

/**
 * Where an archive begins that something stands in front of and whose places count from there; 0 where they count from the
 * beginning of the file.
 */
export function startOf(bytes: Buffer): number {
  const directory = directoryAt(bytes);
  if (directory < 0) return 0;
  const start = directory - bytes.readUInt32LE(endAt(bytes) + 16);
  const first = bytes.readUInt32LE(directory + 42);
  const isLocal = (at: number): boolean => at + 4 <= directory && bytes.readUInt32LE(at) === LOCAL_SIGNATURE;
  return start > 0 && !isLocal(first) && isLocal(start + first) ? start : 0;
}
