import type { ReadLimits } from '../types.ts';
import type { LayerJob } from './layer.ts';
import { RecordPacker, type PackedRecords } from './packed-records.ts';
import { recordLayer, type RecordOptions, type Trailer } from './records.ts';

/** Records are handed on so many at a time, or sooner when their files are large: while those are still at hand. */
const BATCH = 512;
const BATCH_BYTES = 2 * 1024 * 1024;

export interface PackOptions extends Omit<RecordOptions, 'onRecord'> {
  onPack: (pack: PackedRecords) => void;
}

/**
 * Reads one layer like `recordLayer`, and hands on its entries in packs.
 * @throws TwinproofError image-invalid, unsupported; what was read before that has been handed on
 */
export async function packLayer(
  job: LayerJob,
  limits: ReadLimits,
  { onPack, ...options }: PackOptions,
): Promise<Trailer> {
  const packer = new RecordPacker(BATCH);
  let bytes = 0;
  const flush = (): void => {
    bytes = 0;
    onPack(packer.take());
  };
  const onRecord: RecordOptions['onRecord'] = (record) => {
    packer.add(record);
    bytes += record.size;
    if (packer.full || bytes > BATCH_BYTES) flush();
  };
  try {
    return await recordLayer(job, limits, { ...options, onRecord });
  } finally {
    // Also when it failed: what is wrong with an entry goes before what is wrong with a later one.
    flush();
  }
}
