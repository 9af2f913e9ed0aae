import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** @returns `sha256:<hex>` */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
