/** Makes cpio archives in the "new" and "old binary" forms for tests. */

export interface TestCpioEntry {
  name: string;
  content?: string;
  ino?: number;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  major?: number;
}

function entry({
  name,
  content = '',
  ino = 1,
  mode = 0o100644,
  uid = 0,
  gid = 0,
  mtime = 0,
  major = 0,
}: TestCpioEntry): Buffer {
  const numbers = [ino, mode, uid, gid, 1, mtime, content.length, major, 0, 0, 0, name.length + 1, 0];
  const head = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}${name}\0`;
  const padded = (text: string): string => text + '\0'.repeat((4 - (text.length % 4)) % 4);
  return Buffer.from(padded(head) + padded(content), 'latin1');
}

export function cpio(entries: TestCpioEntry[]): Buffer {
  return Buffer.concat([...entries, { name: 'TRAILER!!!', mode: 0 }].map(entry));
}

function binaryEntry(
  { name, content = '', ino = 1, mode = 0o100644, mtime = 0 }: TestCpioEntry,
  little: boolean,
): Buffer {
  const words = [0o070707, 1, ino, mode, 0, 0, 1, 0, mtime >>> 16, mtime & 0xffff];
  const all = [...words, name.length + 1, content.length >>> 16, content.length & 0xffff];
  const head = Buffer.alloc(26);
  for (const [at, word] of all.entries()) {
    if (little) head.writeUInt16LE(word, at * 2);
    else head.writeUInt16BE(word, at * 2);
  }
  const padded = (text: string): Buffer => Buffer.from(text + '\0'.repeat(text.length % 2), 'latin1');
  return Buffer.concat([head, padded(`${name}\0`), padded(content)]);
}

/** @param little the byte order of the machine that wrote it */
export function binaryCpio(entries: TestCpioEntry[], little = true): Buffer {
  const all = [...entries, { name: 'TRAILER!!!', mode: 0 }];
  return Buffer.concat(all.map((one) => binaryEntry(one, little)));
}
