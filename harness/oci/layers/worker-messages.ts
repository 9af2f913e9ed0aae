import type { ErrorCode } from '../../errors.ts';
import type { LayerJob } from './layer.ts';
import type { PackedRecords } from './packed-records.ts';
import type { SharedPace } from './pace.ts';
import type { Budget, Trailer } from './records.ts';
import type { BlobPlace, Descriptor, ReadLimits } from '../types.ts';

/** What the thread is given at its start: which of two it is that keep pace, or null when it reads alone. */
export interface WorkerData {
  pace: { memory: SharedPace; side: 0 | 1 } | null;
}

/** To the thread that reads layers. */
export type Request =
  | {
      type: 'read';
      job: LayerJob;
      limits: ReadLimits;
      layer: number;
      budget: Budget;
      /** Whether to stay near the other reader. */
      inStep: boolean;
    }
  | { type: 'verify'; descriptor: Descriptor; place: BlobPlace }
  | { type: 'fetch'; layer: number; position: number };

/** From the thread. */
export type Reply =
  | { type: 'pack'; pack: PackedRecords }
  | { type: 'done'; trailer: Trailer; budget: Budget }
  | { type: 'verified' }
  | { type: 'failed'; code: ErrorCode | null; message: string; where: string | null; hint: string | null }
  | { type: 'content'; layer: number; position: number; content: Uint8Array | null };
