import { differingFields, timeValue, type Values } from './fields.ts';
import type { FormatResult } from './format.ts';
import { bytesFound } from './hex.ts';

/** How a field of fixed place is kept: little-endian numbers, seconds since 1970, bytes, UUIDs, texts that a NUL ends. */
type Kind = 'u16' | 'u32' | 'u64' | 'time32' | 'time64' | 'hex' | 'uuid' | 'guid' | 'text';

/** Name, offset, kind, and length where the kind has none of its own. */
export type TableField = [name: string, offset: number, kind: Kind, length?: number];

const LENGTHS: Partial<Record<Kind, number>> = {
  u16: 2,
  u32: 4,
  time32: 4,
  u64: 8,
  time64: 8,
  uuid: 16,
  guid: 16,
};

function lengthOf([, , kind, length]: TableField): number {
  return length ?? LENGTHS[kind] ?? 1;
}

function uuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** UEFI keeps the first three groups of a GUID little-endian. */
function guid(bytes: Buffer): string {
  const parts = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)].map((part) =>
    Buffer.from(part).reverse(),
  );
  return uuid(Buffer.concat([...parts, bytes.subarray(8)]));
}

function valueText(bytes: Buffer, kind: Kind): string {
  switch (kind) {
    case 'u16':
      return String(bytes.readUInt16LE());
    case 'u32':
      return String(bytes.readUInt32LE());
    case 'u64':
      return String(bytes.readBigUInt64LE());
    case 'time32':
      return timeValue(bytes.readUInt32LE());
    case 'time64':
      return timeValue(bytes.readBigUInt64LE());
    case 'uuid':
      return uuid(bytes);
    case 'guid':
      return guid(bytes);
    case 'text':
      return bytes.toString('latin1').replace(/\0.*$/s, '');
    case 'hex':
      return bytes.toString('hex');
  }
}

/** @throws RangeError where the bytes end before */
export function tableValues(bytes: Buffer, fields: readonly TableField[]): Values {
  return new Map(
    fields.map((field) => {
      const [name, offset, kind] = field;
      const end = offset + lengthOf(field);
      if (end > bytes.length) throw new RangeError('the table is cut off');
      return [name, { text: valueText(bytes.subarray(offset, end), kind), offset }];
    }),
  );
}

/** Fields that differ, and the bytes around the first differences outside of them. */
export function compareTable(a: Buffer, b: Buffer, fields: readonly TableField[]): FormatResult {
  const found = differingFields(tableValues(a, fields), tableValues(b, fields));
  const [restA, restB] = [Buffer.from(a), Buffer.from(b)];
  for (const field of fields) {
    for (const rest of [restA, restB]) rest.fill(0, field[1], field[1] + lengthOf(field));
  }
  return { fields: found, ...bytesFound(restA, restB) };
}
