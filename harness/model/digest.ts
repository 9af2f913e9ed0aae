import { createHash } from 'node:crypto';

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
