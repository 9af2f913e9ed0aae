/** Where attestations and signatures are kept. */
export const PLACES = [
  'cosign-tag',
  'referrers-api',
  'referrers-tag',
  'layout',
  'cosign-layout',
  'buildkit',
  'file',
] as const;
export type EvidencePlace = (typeof PLACES)[number];

/** Something that may speak about the image; nothing in it is verified but the digest of its bytes. */
export interface FoundStatement {
  /** `a1`, `a2`, … in the order they were found. */
  id: string;
  place: EvidencePlace;
  /** The place in words, such as `sha256-….att, layer 2`. */
  where: string;
  /** Digest of the manifest that it hangs at; null for a file. */
  about: string | null;
  mediaType: string;
  /** Digest of its bytes. */
  digest: string;
  /** Bytes. */
  size: number;
  /** Of the layer: cosign keeps signatures and certificates there. */
  annotations: Readonly<Record<string, string>>;
  /** @throws TwinproofError when it is missing, too large, or has other bytes than its digest says */
  read(): Promise<Buffer>;
}

/** Something of which not even the list could be read. */
export interface Unreadable {
  place: EvidencePlace;
  where: string;
  reason: string;
}
