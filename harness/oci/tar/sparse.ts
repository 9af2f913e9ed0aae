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

/** Sparse maps of PAX versions 0.0 (repeated keys) and 0.1 (one list); null when the header has none. */
export function paxRegions(records: PaxRecords): SparseRegion[] | null {
  const list = paxValue(records, 'GNU.sparse.map');
  if (list !== undefined) return pairs(list === '' ? [] : list.split(',').map(count));
  const numbers: number[] = [];
  for (const [key, value] of records) {
    if (key !== 'GNU.sparse.offset' && key !== 'GNU.sparse.numbytes') continue;
    if ((numbers.length % 2 === 0) !== (key === 'GNU.sparse.offset')) throw new TarFault('bad sparse map');
    numbers.push(count(value));
  }
  return numbers.length === 0 && paxValue(records, 'GNU.sparse.numblocks') === undefined
    ? null
    : pairs(numbers);
}

/** True when the map stands in front of the content (PAX version 1.0). */
export function hasMapInContent(records: PaxRecords): boolean {
  return paxValue(records, 'GNU.sparse.major') === '1' && paxValue(records, 'GNU.sparse.minor') === '0';
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
