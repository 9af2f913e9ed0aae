import type { ErrorCode } from '../../errors.ts';
import type { LayerJob } from './layer.ts';
import type { PackedRecords } from './packed-records.ts';
import type { Budget, Trailer } from './records.ts';
import type { BlobPlace, Descriptor, ReadLimits } from '../types.ts';

/** To the thread that reads layers. */
export type Request =
  | { type: 'read'; job: LayerJob; limits: ReadLimits; layer: number; budget: Budget }
  | { type: 'verify'; descriptor: Descriptor; place: BlobPlace }
  | { type: 'fetch'; layer: number; position: number };

/** From the thread. */
export type Reply =
  | { type: 'records'; records: PackedRecords }
  | { type: 'done'; trailer: Trailer; budget: Budget }
  | { type: 'verified' }
  | { type: 'failed'; code: ErrorCode | null; message: string; where: string | null; hint: string | null }
  | { type: 'content'; layer: number; position: number; content: Uint8Array | null };
