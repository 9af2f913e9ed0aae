import { nameText } from '../oci/names.ts';
import type { InsideField } from './types.ts';

/** A part of a header as it stands in the file, and what it says; empty where that is shown nowhere. */
export interface WrittenPart {
  value: string;
  bytes: Buffer;
}

/** The parts of a member's header by name, padding included. */
export type Written = ReadonlyMap<string, WrittenPart>;

const NOTHING: WrittenPart = { value: '', bytes: Buffer.alloc(0) };
const MAX_SHOWN = 100;

/**
 * Parts that say the same on both sides and are written with other bytes, as numbers with other padding are. A part that
 * says something else is shown as a field of its own, or follows from the content.
 */
export function writtenOtherwise(a: Written, b: Written): InsideField[] {
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(name) ?? NOTHING, b.get(name) ?? NOTHING];
    if (one.value !== other.value || one.bytes.equals(other.bytes)) continue;
    const shown = ({ bytes }: WrittenPart): string =>
      `${name} "${nameText(bytes.toString('latin1', 0, MAX_SHOWN))}"`;
    return [{ field: 'header', offset: null, a: shown(one), b: shown(other) }];
  }
  return [];
}
