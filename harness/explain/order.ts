import { settings, varies } from './markers.ts';
import type { Context, Seen, DifferenceSite } from './types.ts';
import { compareText } from '../model/text-order.ts';

export type OrderCause = 'locale' | 'parallelism' | 'entry-order' | 'hash-order';

function isSorted(items: readonly string[], compare: (a: string, b: string) => number): boolean {
  return items.every((item, at) => at === 0 || compare(items[at - 1] ?? '', item) <= 0);
}

const sortedAs = (language: string, items: readonly string[]): boolean =>
  isSorted(items, new Intl.Collator(language, { sensitivity: 'base' }).compare);

/** The items stand in the order of a locale such as `et_EE.UTF-8@name`; C and POSIX have that of the bytes. */
function inOrderOf(locale: string, items: readonly string[]): boolean {
  const language = /^[a-z]{2,3}(?=_)/.exec(locale)?.[0];
  return language === undefined ? isSorted(items, compareText) : sortedAs(language, items);
}

/** One side stands in the order of its bytes, the other as a language sorts; English stands for all that were not given. */
function isLocale([a, b]: readonly [string[], string[]], recipe: string, context: Context): boolean {
  const given = settings('locale', context);
  // Two items always stand in some order.
  if (given !== null && (a.length > 2 || /\bsort\b/.test(recipe))) {
    if (inOrderOf(given[0], a) && inOrderOf(given[1], b)) return true;
  }
  if (a.length < 3) return false;
  return (isSorted(a, compareText) && sortedAs('en', b)) || (isSorted(b, compareText) && sortedAs('en', a));
}

const AT_ONCE =
  /\bmake\b[^\n]*\s-j|\bninja\b|\bxargs\b[^\n]*\s-P|\bparallel\b|multiprocessing|ThreadPool|ProcessPool|threading|\bwait\b|[^&]&\s*(?:done|\)|$)/m;
const FOLDERS =
  /\bfind\b|\bls\b[^\n|]*\s-\w*[Uf]|listdir|scandir|readdir|iterdir|\br?glob\b|os\.walk|\btar\b|\bzip\b|\bcpio\b|\bdu\b|\bls\b/;

const LIKE_FILES = /^(?:[\w.@+~-]*\/[\w./@+~-]*|[\w@+~-]+\.[a-z0-9]{1,5})$/i;

/** Most items are paths or names with an extension. */
function areFiles(items: readonly string[]): boolean {
  const words = items.map((item) => item.trim().split(/\s+/).at(-1) ?? '');
  return words.filter((word) => LIKE_FILES.test(word)).length >= items.length * 0.8;
}

const reversed = (a: readonly string[], b: readonly string[], least: number): boolean =>
  a.length >= least && a.every((item, at) => item === b[b.length - 1 - at]);

/** More lines are no few that somebody moved. */
const MOST_MOVED = 500;

/** Two runs of lines have changed places: somebody moved one of them, for hashes would have torn both apart. */
function isMovedBlock(a: readonly string[], b: readonly string[]): boolean {
  const start = a.findIndex((item, at) => item !== b[at]);
  let end = a.length;
  while (end > start && a[end - 1] === b[end - 1]) end -= 1;
  if (end - start > MOST_MOVED) return false;
  // A line that both end in, such as a brace, may belong to the runs.
  for (let last = end; last <= a.length; last++) {
    if (isTurned(a.slice(start, last), b.slice(start, last))) return true;
  }
  return false;
}

/** B is the second part of A, and then the first; each has several lines. */
function isTurned(a: readonly string[], b: readonly string[]): boolean {
  for (let split = 2; split <= a.length - 2; split++) {
    if (b[0] !== a[split] || b.at(-1) !== a[split - 1]) continue;
    if ([...a.slice(split), ...a.slice(0, split)].every((item, at) => item === b[at])) return true;
  }
  return false;
}

/** What makes the same items come in another order, likelier first; nothing where somebody moved them. */
export function orderCauses(site: DifferenceSite, { recipe }: Seen, context: Context): OrderCause[] {
  const [a, b] = [site.a.split('\n'), site.b.split('\n')];
  // A few items of a hash look like that by chance, which counts where nothing is known of how the file was made.
  if (recipe === '' && isMovedBlock(a, b)) return [];
  if (isLocale([a, b], recipe, context)) return ['locale'];
  if (AT_ONCE.test(recipe)) return ['parallelism', areFiles(a) ? 'entry-order' : 'hash-order'];
  const folders = FOLDERS.test(recipe);
  if (areFiles(a)) return folders ? ['entry-order'] : ['entry-order', 'hash-order'];
  // A few items stand in reverse by chance, too, unless folders were made to list so.
  if (folders && reversed(a, b, varies('directory-order', context) ? 2 : 4))
    return ['entry-order', 'hash-order'];
  return ['hash-order'];
}

/** The sites of that kind whose likeliest cause it is, and those where it is the second. */
export function orderSites(
  seen: Seen,
  context: Context,
  cause: OrderCause,
): { first: DifferenceSite[]; second: DifferenceSite[] } {
  const texts = seen.sites.filter(({ kind, format }) => kind === 'order' && TEXTS.has(format));
  const first = texts.filter((site) => orderCauses(site, seen, context)[0] === cause);
  const second = texts.filter((site) => orderCauses(site, seen, context)[1] === cause);
  return { first, second };
}

/** Formats whose order is that of lines and words; in all others it is that of members. */
const TEXTS = new Set(['text', 'strings', 'sqlite', 'elf', 'json', 'xml', 'bytes', 'pyc', 'link']);

/** Spots about the order of members of an archive. */
export function memberOrder(sites: readonly DifferenceSite[]): DifferenceSite[] {
  return sites.filter(({ kind, format }) => kind === 'order' && !TEXTS.has(format));
}
