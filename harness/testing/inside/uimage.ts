import { crc32 } from 'node:zlib';

/** Makes images of U-Boot for tests. @param time seconds since 1970 */
export function uimage(time: number, content = 'kernel'): Buffer {
  const [header, data] = [Buffer.alloc(64), Buffer.from(content)];
  header.writeUInt32BE(0x27051956, 0);
  header.writeUInt32BE(time, 8);
  header.writeUInt32BE(data.length, 12);
  header.writeUInt32BE(crc32(data), 24);
  header.write('Linux', 32);
  header.writeUInt32BE(crc32(header), 4);
  return Buffer.concat([header, data]);
}
