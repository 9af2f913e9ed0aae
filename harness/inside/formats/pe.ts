import { differingFields, oneField, timeValue, type Values } from '../fields.ts';
import type { Format, FormatResult, Walk } from '../format.ts';
import { numbered } from '../members.ts';
import { REST } from '../rest.ts';
import { stringsNode } from '../strings.ts';
import type { InsideDiff } from '../types.ts';
import { readPe, type Pe, type PeSection } from './pe-reader.ts';

/** Microsoft PE format, "Checksum": words are added up without it, and then the length. */
function checksum(bytes: Buffer, at: number): number {
  let sum = 0;
  for (let place = 0; place < bytes.length; place += 2) {
    if (place === at || place === at + 2) continue;
    sum += place + 1 < bytes.length ? bytes.readUInt16LE(place) : bytes.readUInt8(place);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ((sum & 0xffff) + (sum >>> 16) + bytes.length) >>> 0;
}

function headerValues(bytes: Buffer, { times, guids, checksumAt, isHashed }: Pe): Values {
  const values: Values = new Map();
  for (const [name, at] of times) {
    const value = bytes.readUInt32LE(at);
    if (isHashed) values.set(`build-id in ${name}`, { text: `0x${value.toString(16)}`, offset: at });
    else values.set(name, { text: timeValue(value), offset: at });
  }
  for (const [name, at] of guids) values.set(name, { text: bytes.toString('hex', at, at + 20), offset: at });
  const own = bytes.readUInt32LE(checksumAt);
  values.set('has-checksum', { text: own === 0 ? 'no' : 'yes', offset: checksumAt });
  if (own !== 0 && own !== checksum(bytes, checksumAt))
    values.set('wrong-checksum', { text: `0x${own.toString(16)}`, offset: checksumAt });
  return values;
}

/** Without what fields show. */
function without(bytes: Buffer, { times, guids, checksumAt }: Pe): Buffer {
  const rest = Buffer.from(bytes);
  for (const [, at] of times) rest.fill(0, at, at + 4);
  for (const [, at] of guids) rest.fill(0, at, at + 20);
  rest.fill(0, checksumAt, checksumAt + 4);
  return rest;
}

function sectionNode(bytes: [Buffer, Buffer], [a, b]: [PeSection, PeSection], walk: Walk): InsideDiff | null {
  const [one, other] = [bytes[0].subarray(a.from, a.to), bytes[1].subarray(b.from, b.to)];
  walk.spend(one.length + other.length);
  return one.equals(other) ? null : stringsNode(a.name, one, other, walk);
}

async function compare(bytesA: Buffer, bytesB: Buffer, walk: Walk): Promise<FormatResult> {
  walk.spend(2 * (bytesA.length + bytesB.length));
  const [a, b] = [readPe(bytesA), readPe(bytesB)];
  const plain: [Buffer, Buffer] = [without(bytesA, a), without(bytesB, b)];
  const [mapA, mapB] = [numbered(a.sections), numbered(b.sections)];
  const names = [...new Set([...mapA.keys(), ...mapB.keys()])];
  const children: (InsideDiff | null)[] = names.map((name) => {
    const [one, other] = [mapA.get(name), mapB.get(name)];
    if (one !== undefined && other !== undefined) return sectionNode(plain, [one, other], walk);
    return walk.node('pe-section', name, { change: one === undefined ? 'added' : 'removed' });
  });
  children.push(await walk.part('headers', plain[0].subarray(0, a.headers), plain[1].subarray(0, b.headers)));
  children.push(await walk.part(REST, a.rest(plain[0]), b.rest(plain[1])));
  const fields = [
    ...differingFields(headerValues(bytesA, a), headerValues(bytesB, b)),
    ...oneField('sections', String(a.sections.length), String(b.sections.length)),
  ];
  return { fields, children: children.filter((child) => child !== null) };
}

/** Programs of Windows and UEFI: boot loaders, kernels with a stub, unified kernel images. */
export const pe: Format = {
  name: 'pe',
  detects: (bytes) => {
    const at = bytes.readUInt16LE(0) === 0x5a4d ? bytes.readUInt32LE(60) : -1;
    return at >= 64 && bytes.readUInt32BE(at) === 0x50450000;
  },
  compare,
};
