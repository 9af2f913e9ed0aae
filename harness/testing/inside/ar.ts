/** Makes archives of ar for tests. */

export interface TestArEntry {
  name: string;
  content: string | Buffer;
  mtime?: number;
  uid?: number;
  gid?: number;
  mode?: string;
}

export function ar(entries: TestArEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content, mtime = 0, uid = 0, gid = 0, mode = '100644' }) => {
    const body = Buffer.from(content);
    const fields = [name.padEnd(16), `${mtime}`.padEnd(12), `${uid}`.padEnd(6), `${gid}`.padEnd(6)];
    const header = `${fields.join('')}${mode.padEnd(8)}${`${body.length}`.padEnd(10)}\`\n`;
    return [Buffer.from(header), body, Buffer.alloc(body.length % 2, '\n')];
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}
