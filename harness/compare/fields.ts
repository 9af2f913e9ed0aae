import type { Attributes } from '../oci/layers/attributes.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import type { Time } from '../oci/tar/types.ts';
import { FIELDS, type Field } from './types.ts';

function sameTime(a: Time | null, b: Time | null): boolean {
  return a?.seconds === b?.seconds && a?.nanoseconds === b?.nanoseconds;
}

function sameXattrs(a: Map<string, Buffer> | null, b: Map<string, Buffer> | null): boolean {
  if (a === null || b === null) return a === b;
  return a.size === b.size && [...a].every(([name, value]) => b.get(name)?.equals(value) === true);
}

/** Fields that every kind of entry has. @param isLink two symbolic links: nothing looks at their mode */
export function attributeFields(a: Attributes, b: Attributes, isLink: boolean): Field[] {
  const fields: Field[] = [];
  if (a.mode !== b.mode && !isLink) fields.push('mode');
  if (a.uid !== b.uid) fields.push('uid');
  if (a.gid !== b.gid) fields.push('gid');
  if (!sameTime(a.mtime, b.mtime)) fields.push('mtime');
  if (!sameXattrs(a.xattrs, b.xattrs)) fields.push('xattrs');
  return fields;
}

/** Fields of two entries of one kind that only this kind has. */
export function kindFields(a: EntryRecord, b: EntryRecord): Field[] {
  const fields: Field[] = [];
  if (a.content !== b.content) fields.push('content');
  if (a.size !== b.size) fields.push('size');
  if (a.linkname !== b.linkname) fields.push('linkname');
  if (a.device?.major !== b.device?.major || a.device?.minor !== b.device?.minor) fields.push('device');
  return fields;
}

/** Of what is left once a PAX header is there only because the values call for it. */
const NEEDS_PAX: readonly Field[] = [
  'content',
  'size',
  'uid',
  'gid',
  'mtime',
  'linkname',
  'xattrs',
  'uname',
  'gname',
  'atime',
  'ctime',
];

function isExplained(a: EntryRecord, b: EntryRecord, fields: readonly Field[]): boolean {
  const dialects = new Set([a.dialect, b.dialect]);
  return dialects.has('ustar') && dialects.has('pax') && fields.some((field) => NEEDS_PAX.includes(field));
}

/**
 * Fields in which only the archive differs, not the tree that comes out of it.
 * @param tree fields of the tree that differ already: they may explain the form of the header
 */
export function archiveFields(a: EntryRecord, b: EntryRecord, tree: readonly Field[]): Field[] {
  const fields: Field[] = [];
  if (a.uname !== b.uname) fields.push('uname');
  if (a.gname !== b.gname) fields.push('gname');
  if (!sameTime(a.atime, b.atime)) fields.push('atime');
  if (!sameTime(a.ctime, b.ctime)) fields.push('ctime');
  const others = [...tree, ...fields];
  if (a.dialect !== b.dialect && !isExplained(a, b, others)) fields.push('dialect');
  // Everything that is understood is equal, yet the header blocks are not: other digits, padding, unknown records.
  if (others.length === 0 && a.dialect === b.dialect && a.headerCrc !== b.headerCrc) fields.push('header');
  return fields;
}

/** Two entries of the same name as they stand in their archives, whatever became of them in the tree. */
export function entryFields(a: EntryRecord, b: EntryRecord): Field[] {
  const own = a.type === b.type ? kindFields(a, b) : (['type'] as const);
  const areLinks = a.type === 'symlink' && b.type === 'symlink';
  const tree = [...attributeFields(a, b, areLinks), ...own];
  return [...tree, ...archiveFields(a, b, tree)];
}

/** In the order of FIELDS, each once. */
export function sortFields(fields: Field[]): Field[] {
  if (fields.length < 2) return fields;
  return FIELDS.filter((field) => fields.includes(field));
}
