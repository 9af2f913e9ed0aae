import { nameText } from '../../oci/names.ts';
import { FormatFault, OverLimit, type Format, type Walk, type FormatResult } from '../format.ts';
import { compareMembers, type Member } from '../members.ts';

const MAX_TEXTS = 100_000;
const LONGEST_NAME = 60;

function isLittle(bytes: Buffer): boolean {
  return bytes.readUInt32LE(0) === 0x950412de;
}

/** GNU gettext manual, "The Format of GNU MO Files". The entry of the empty text is a header. */
function readCatalog(bytes: Buffer): Member[] {
  const word = (at: number): number => (isLittle(bytes) ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const [count, originals, translations] = [word(8), word(12), word(16)];
  if (count > MAX_TEXTS) throw new OverLimit('count');
  const textAt = (table: number, number: number): Buffer => {
    const [length, offset] = [word(table + number * 8), word(table + number * 8 + 4)];
    if (offset + length > bytes.length) throw new FormatFault('a text is cut off');
    return bytes.subarray(offset, offset + length);
  };
  return Array.from({ length: count }, (_, number) => {
    const original = nameText(textAt(originals, number).toString('latin1'));
    const translation = textAt(translations, number);
    const name = original === '' ? 'header' : original.slice(0, LONGEST_NAME);
    return { name, values: new Map(), content: () => translation };
  });
}

function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  return compareMembers('mo-entry', readCatalog(a), readCatalog(b), walk);
}

/** Translations in compiled form. */
export const gettext: Format = {
  name: 'mo',
  detects: (bytes) => bytes.length >= 28 && ['de120495', '950412de'].includes(bytes.toString('hex', 0, 4)),
  compare,
};
