import { differingFields, type Values } from '../fields.ts';
import type { Format, FormatResult, Walk } from '../format.ts';
import { stringsNode } from '../strings.ts';

function values(bytes: Buffer): Values {
  return new Map([
    ['minor-version', { text: String(bytes.readUInt16BE(4)), offset: 4 }],
    ['major-version', { text: String(bytes.readUInt16BE(6)), offset: 6 }],
  ]);
}

function compare(a: Buffer, b: Buffer, walk: Walk): FormatResult {
  const body = (bytes: Buffer): Buffer => bytes.subarray(8);
  const code = body(a).equals(body(b)) ? null : stringsNode('content', body(a), body(b), walk);
  return { fields: differingFields(values(a), values(b)), children: code === null ? [] : [code] };
}

/** Java classes: version, and texts of the constant pool. */
export const javaClass: Format = {
  name: 'class',
  // Mach-O for several processors has the same magic, and a small number where the version is.
  detects: (bytes) =>
    bytes.length > 10 && bytes.readUInt32BE(0) === 0xcafebabe && bytes.readUInt16BE(6) >= 45,
  compare,
};
