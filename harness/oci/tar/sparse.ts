import { count, headerNumber, TarFault } from './numbers.ts';
import { paxValue, type PaxRecords } from './pax.ts';

/** Where stored bytes belong in the file. */
export interface SparseRegion {
  offset: number;
  length: number;
}

export interface SparseMap {
  regions: SparseRegion[];
  /** Bytes of the file with its holes. */
  realSize: number;
}

const MAX_REGIONS = 1_000_000;

/**
 * Checks that regions are in order, do not overlap, lie inside the file, and that what is stored fits them.
 * @throws TarFault
 */
export function checkedMap(regions: SparseRegion[], realSize: number, stored: number): SparseMap {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of regions) {
    if (offset < end || offset + length > realSize) throw new TarFault('bad sparse map');
    end = offset + length;
    sum += length;
  }
  if (sum !== stored) throw new TarFault('the sparse map does not fit the stored size');
  return { regions: regions.filter(({ length }) => length > 0), realSize };
}

/** Up to `slots` pairs of 12-byte numbers, as old GNU headers and their extension blocks hold them. */
export function oldSparseRegions(block: Buffer, start: number, slots: number): SparseRegion[] {
  const regions: SparseRegion[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const at = start + slot * 24;
    if (block[at] === 0) break;
    const region = { offset: headerNumber(block, at, 12), length: headerNumber(block, at + 12, 12) };
    if (region.offset < 0 || region.length < 0) throw new TarFault('bad sparse map');
    regions.push(region);
  }
  return regions;
}

function pairs(numbers: number[]): SparseRegion[] {
  if (numbers.length % 2 !== 0) throw new TarFault('bad sparse map');
  const regions: SparseRegion[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    regions.push({ offset: numbers[at] ?? 0, length: numbers[at + 1] ?? 0 });
  }
  return regions;
}

/** Offsets and lengths by comma: version 0.1, or 0.0 (repeated keys) brought into that form. @throws TarFault */
function mapText(records: PaxRecords): string {
  const numbers: string[] = [];
  for (const [key, value] of records) {
    if (key !== 'GNU.sparse.offset' && key !== 'GNU.sparse.numbytes') continue;
    if ((numbers.length % 2 === 0) !== (key === 'GNU.sparse.offset') || value.includes(','))
      throw new TarFault('bad sparse map');
    numbers.push(value);
  }
  return numbers.length > 0 ? numbers.join(',') : (paxValue(records, 'GNU.sparse.map') ?? '');
}

/** What PAX records say of a sparse file. */
export interface PaxSparse {
  /** Null when the map stands in front of the content (version 1.0). */
  regions: SparseRegion[] | null;
}

/**
 * Sparse files of PAX versions 0.0, 0.1 and 1.0; null for what Go's reader takes for no sparse file: another version, or
 * no map.
 * @throws TarFault
 */
export function paxSparse(records: PaxRecords): PaxSparse | null {
  if (!records.some(([key]) => key.startsWith('GNU.sparse.'))) return null;
  const map = mapText(records);
  const version = ['major', 'minor'].map((part) => paxValue(records, `GNU.sparse.${part}`) ?? '').join('.');
  if (version === '1.0') return { regions: null };
  if (!['0.0', '0.1'].includes(version) && (version !== '.' || map === '')) return null;
  const blocks = count(paxValue(records, 'GNU.sparse.numblocks') ?? '');
  const regions = pairs(map === '' ? [] : map.split(',').map(count));
  if (regions.length !== blocks) throw new TarFault('bad sparse map');
  return { regions };
}

/** Reads a version 1.0 map, decimal numbers one a line, from the blocks in front of the content. */
export class ContentMapReader {
  #text = '';
  readonly #numbers: number[] = [];

  /** @returns the regions once all are there, else null. */
  push(block: Buffer): SparseRegion[] | null {
    const lines = (this.#text + block.toString('latin1', 0, 512)).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#done()) break;
      this.#numbers.push(count(line));
    }
    if ((this.#numbers[0] ?? 0) > MAX_REGIONS || (!this.#done() && this.#text.length > 24)) {
      throw new TarFault('bad sparse map');
    }
    return this.#done() ? pairs(this.#numbers.slice(1)) : null;
  }

  #done(): boolean {
    const first = this.#numbers[0];
    return first !== undefined && this.#numbers.length === 1 + 2 * first;
  }
}
