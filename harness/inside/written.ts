import { nameText } from '../oci/names.ts';
import type { InsideField } from './types.ts';

/** A part of a header as it stands in the file, and what it says; empty where that is shown nowhere. */
export interface WrittenPart {
  value: string;
  bytes: Buffer;
}

/** The parts of a member's header by name, padding included. */
export type Written = ReadonlyMap<string, WrittenPart>;

const MAX_SHOWN = 100;

/**
 * Parts that both have, that say the same and are written with other bytes, as numbers with other padding are. A part that
 * says something else, or that only one has, is shown as a field of its own, or follows from the content.
 */
export function writtenOtherwise(a: Written, b: Written): InsideField[] {
  for (const [name, one] of a) {
    const other = b.get(name);
    if (other?.value !== one.value || one.bytes.equals(other.bytes)) continue;
    const shown = ({ bytes }: WrittenPart): string =>
      `${name} "${nameText(bytes.toString('latin1', 0, MAX_SHOWN))}"`;
    return [{ field: 'header', offset: null, a: shown(one), b: shown(other) }];
  }
  return [];
}
