import { differingFields, timeValue, type Values } from '../fields.ts';
import type { Format, FormatResult, Walk } from '../format.ts';
import { stringsNode } from '../strings.ts';

const HEADER = 16;
/** Magic numbers of CPython 3.7 to 3.19 (Lib/importlib/_bootstrap_external.py); later ones count on. */
const [FIRST_MAGIC, LAST_MAGIC] = [3390, 4000];

/** PEP 552: flags 0 has mtime and size of the source, 1 and 3 the hash of it. */
function headerValues(bytes: Buffer): Values {
  const flags = bytes.readUInt32LE(4);
  const values: Values = new Map([
    ['magic', { text: String(bytes.readUInt16LE(0)), offset: 0 }],
    ['flags', { text: String(flags), offset: 4 }],
  ]);
  if ((flags & 1) === 1) return values.set('source-hash', { text: bytes.toString('hex', 8, 16), offset: 8 });
  values.set('source-mtime', { text: timeValue(bytes.readUInt32LE(8)), offset: 8 });
  return values.set('source-size', { text: String(bytes.readUInt32LE(12)), offset: 12 });
}

function compare(a: Buffer, b: Buffer, walk: Walk): FormatResult {
  const [codeA, codeB] = [a.subarray(HEADER), b.subarray(HEADER)];
  const code = codeA.equals(codeB) ? null : stringsNode('code', codeA, codeB, walk);
  return { fields: differingFields(headerValues(a), headerValues(b)), children: code === null ? [] : [code] };
}

/** Compiled Python: its header, and the texts in its code object. */
export const pyc: Format = {
  name: 'pyc',
  detects: (bytes) => {
    if (bytes.length < HEADER + 1 || bytes.readUInt16LE(2) !== 0x0a0d) return false;
    const magic = bytes.readUInt16LE(0);
    return magic >= FIRST_MAGIC && magic <= LAST_MAGIC;
  },
  compare,
};
