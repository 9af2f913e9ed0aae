/** Makes cpio archives in the "new" form for tests. */

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
