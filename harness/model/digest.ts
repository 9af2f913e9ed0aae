import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** What `sha256:<hex>` looks like. */
export const SHA256_DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The 64 hex digits of a SHA-256; text is hashed as UTF-8. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** `sha256:<hex>` of what is in memory. */
export function sha256(data: Uint8Array | string): string {
  return `sha256:${sha256Hex(data)}`;
}

/** `sha256:<hex>` of a file, which is read in pieces. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
