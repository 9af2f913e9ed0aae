import type { Context, Seen, Spot } from './types.ts';

export type OrderCause = 'locale' | 'parallelism' | 'entry-order' | 'hash-order';

function isSorted(items: readonly string[], compare: (a: string, b: string) => number): boolean {
  return items.every((item, at) => at === 0 || compare(items[at - 1] ?? '', item) <= 0);
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** English stands for all languages that sort letters before case; others where a build was given one. */
function languages({ a, b }: Context): string[] {
  const axes = [...(a.environment?.axes ?? []), ...(b.environment?.axes ?? [])];
  const named = axes.flatMap(({ axis, value }) =>
    axis === 'locale' ? (/^[a-z]{2,3}(?=_)/.exec(value)?.[0] ?? []) : [],
  );
  return ['en', ...new Set(named)];
}

/** One side stands in the order of its bytes, the other as a language sorts. */
function isLocale(a: readonly string[], b: readonly string[], context: Context): boolean {
  if (a.length < 3) return false;
  return languages(context).some((language) => {
    const { compare } = new Intl.Collator(language, { sensitivity: 'base' });
    const asNamed = (items: readonly string[]): boolean => isSorted(items, compare);
    return (isSorted(a, byCode) && asNamed(b)) || (isSorted(b, byCode) && asNamed(a));
  });
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

const reversed = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 3 && a.every((item, at) => item === b[b.length - 1 - at]);

/** What makes the same items come in another order, likelier first. */
export function orderCauses(spot: Spot, { recipe }: Seen, context: Context): OrderCause[] {
  const [a, b] = [spot.a.split('\n'), spot.b.split('\n')];
  if (isLocale(a, b, context)) return ['locale'];
  if (AT_ONCE.test(recipe)) return ['parallelism', areFiles(a) ? 'entry-order' : 'hash-order'];
  const folders = FOLDERS.test(recipe);
  if (areFiles(a)) return folders ? ['entry-order'] : ['entry-order', 'hash-order'];
  if (reversed(a, b) && folders) return ['entry-order', 'hash-order'];
  return ['hash-order'];
}

/** The spots of that kind whose likeliest cause it is, and those where it is the second. */
export function orderSpots(
  seen: Seen,
  context: Context,
  cause: OrderCause,
): { first: Spot[]; second: Spot[] } {
  const texts = seen.spots.filter(({ kind, format }) => kind === 'order' && TEXTS.has(format));
  const first = texts.filter((spot) => orderCauses(spot, seen, context)[0] === cause);
  const second = texts.filter((spot) => orderCauses(spot, seen, context)[1] === cause);
  return { first, second };
}

/** Formats whose order is that of lines and words; in all others it is that of members. */
const TEXTS = new Set(['text', 'strings', 'sqlite', 'elf', 'json', 'xml', 'bytes', 'pyc', 'link']);

/** Spots about the order of members of an archive. */
export function memberOrder(spots: readonly Spot[]): Spot[] {
  return spots.filter(({ kind, format }) => kind === 'order' && !TEXTS.has(format));
}
