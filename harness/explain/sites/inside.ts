import type { InsideDiff } from '../../inside/types.ts';
import type { DifferenceSite } from '../types.ts';
import { byteSites } from './bytes.ts';
import { isPermutation, textSites } from './lines.ts';

/** Fields of containers that follow from what is in them. */
const DERIVED =
  /^(?:(?:(?:un)?compressed|stored|packed|file|content|total|archive|section|data)[ -_]?)?(?:size|length|crc(?:-?32)?|checksum|digest|sha\d+|md5|adler-?32|isize|offset|csize|usize|entries|count)$/i;

/** What bytes are taken for follows from them, too: random ones happen to begin as some format does. */
const derived = (name: string, format: string): boolean =>
  DERIVED.test(name) || (format === 'bytes' && name === 'format');

/** Formats whose fields are named by who uses them, and hold anything. */
const DATA = /^sqlite-row$/;

function fieldSites(node: InsideDiff, part: string): DifferenceSite[] {
  const where = { format: node.format, part };
  return node.fields.map(({ field, offset, a, b }) => {
    const place = `${field} of ${node.format}${part === '' ? '' : ` ${part}`}${offset === null ? '' : ` at byte ${offset}`}`;
    const [one, other] = [a ?? '', b ?? ''];
    const order =
      /order$/i.test(field) || isPermutation(one.split(/\s*[,\n]\s*/), other.split(/\s*[,\n]\s*/));
    if (!order && DATA.test(node.format)) {
      // A value that somebody put there reads as `name=value`, like one in a file of settings.
      const line = (text: string): string => `${field}=${text}`;
      const lines = { lineA: line(one), lineB: line(other) };
      return { ...where, kind: 'text', name: field, place, a: one, b: other, ...lines };
    }
    const kind = order ? 'order' : 'field';
    return { ...where, kind, name: field, place, a: one, b: other, lineA: one, lineB: other };
  });
}

/** What a limit cut off may hold anything, so that no cause accounts for all of the file. */
function unseenSites(
  { limits = [] }: InsideDiff,
  where: Pick<DifferenceSite, 'format' | 'part'>,
): DifferenceSite[] {
  if (limits.length === 0) return [];
  const place = `what was not looked at (limit: ${limits.join(', ')})`;
  return [
    { ...where, format: 'unseen', kind: 'bytes', name: 'unseen', place, a: '', b: '', lineA: '', lineB: '' },
  ];
}

/** A digest of another content, or a number beside one in the same line: a size. */
function following(site: DifferenceSite, { follows = [] }: InsideDiff): DifferenceSite {
  if (site.follows !== undefined) return site;
  const found = follows.find(
    ({ a, b }) =>
      (site.a.includes(a) && site.b.includes(b)) ||
      (site.lineA.includes(a) && site.lineB.includes(b) && /^\d+$/.test(site.a) && /^\d+$/.test(site.b)),
  );
  return found === undefined ? site : { ...site, follows: found.of };
}

/** The windows stand for all bytes that differ. */
function windowSites(
  { windows = [], differing }: InsideDiff,
  where: Pick<DifferenceSite, 'format' | 'part'>,
): DifferenceSite[] {
  const sites = windows.flatMap((window) => byteSites(window, where));
  if (differing === undefined) return sites;
  return sites.map((site) => ({ ...site, weight: differing / sites.length }));
}

/** All sites of a look inside; what only follows from others is left out when there are others. */
export function insideSites(node: InsideDiff, outer = ''): DifferenceSite[] {
  const part = [outer, node.part].filter((text) => text !== '').join(' > ');
  const where = { format: node.format, part };
  if (node.change !== 'changed') {
    const side = node.change === 'removed' ? { a: node.part, b: '' } : { a: '', b: node.part };
    const lines = { lineA: side.a, lineB: side.b };
    return [
      { ...where, kind: 'member', name: node.change, place: `${node.change} ${part}`, ...side, ...lines },
    ];
  }
  const sites = [
    ...unseenSites(node, where),
    ...fieldSites(node, part),
    ...node.children.flatMap((child) => insideSites(child, part)),
    ...(node.diff === undefined ? [] : textSites(node.diff, where)),
    ...(node.diff === undefined ? windowSites(node, where) : []),
  ];
  const followed = sites.map((site) => following(site, node));
  const own = followed.filter(({ kind, name, format }) => kind !== 'field' || !derived(name, format));
  return own.length > 0 ? own : followed;
}
