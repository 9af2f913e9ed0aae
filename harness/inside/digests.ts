import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Followed, InsideDiff } from './types.ts';

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha512'] as const;
/** Contents of which no digests are made, one by one and in all; bytes of both sides. */
const MAX_CONTENT = 64 * 2 ** 20;
const MAX_ALL = 256 * 2 ** 20;
const MAX_CONTENTS = 4000;

/** In hex, by algorithm. */
function digestsOf(content: Buffer): string[] {
  const sum = crc32(content).toString(16).padStart(8, '0');
  return [...ALGORITHMS.map((name) => createHash(name).update(content).digest('hex')), sum];
}

/** Words that could be a digest: hex, or base64 in either alphabet, with its padding. */
const WORD = /[A-Za-z0-9+/_-]{8,}/g;
const HEX = /^(?:[0-9a-f]{8}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i;
/** Lengths of MD5, SHA-1, SHA-256 and SHA-512 in base64 without padding. */
const BASE64 = new Set([22, 27, 43, 86]);

function hexOf(word: string): string | null {
  if (HEX.test(word)) return word.toLowerCase();
  return BASE64.has(word.length) ? Buffer.from(word, 'base64').toString('hex') : null;
}

/** The digests that a text holds, in all ways in which each stands there, by hex. */
function digestsIn(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (word: string): void => {
    const hex = hexOf(word);
    const known = hex === null ? undefined : found.get(hex);
    if (known?.includes(word) === false) known.push(word);
    else if (hex !== null && known === undefined) found.set(hex, [word]);
  };
  for (const [word] of text.matchAll(WORD)) {
    const bare = word.replace(/^(?:sha\d+|md5)-/i, '');
    add(bare);
    if (bare.includes('/')) for (const piece of bare.split('/')) add(piece);
  }
  return found;
}

/** Places of one content that are kept. */
const MAX_PLACES = 8;

/** In the file itself, or a file as a whole. */
const nearest = (of: readonly string[], path: string): string =>
  of.find((place) => place.startsWith(`${path} > `)) ??
  of.find((place) => !place.includes(' > ')) ??
  of[0] ??
  '';

/** Contents that differ, by the digests of what they are in A. */
export class Digests {
  readonly #byDigest = new Map<string, { b: string; of: string[] }>();
  #left = MAX_ALL;
  #contents = 0;

  /** @param of where it stands: path of the file, and the parts that lead to it */
  add(of: string, a: Buffer, b: Buffer): void {
    const size = a.length + b.length;
    if (size > MAX_CONTENT || size > this.#left || this.#contents >= MAX_CONTENTS) return;
    this.#left -= size;
    this.#contents++;
    const after = digestsOf(b);
    for (const [at, digest] of digestsOf(a).entries()) {
      const other = after[at] ?? '';
      const known = this.#byDigest.get(digest);
      if (known?.b !== other) this.#byDigest.set(digest, { b: other, of: [of] });
      else if (known.of.length < MAX_PLACES) known.of.push(of);
    }
  }

  /** Pairs of digests in two texts that are those of one content, before and after. */
  #pairs(a: string, b: string, path: string): Followed[] {
    if (this.#byDigest.size === 0) return [];
    const after = digestsIn(b);
    return [...digestsIn(a)].flatMap(([hex, words]) => {
      const content = this.#byDigest.get(hex);
      const others = content === undefined ? undefined : after.get(content.b);
      if (content === undefined || others === undefined) return [];
      const of = nearest(content.of, path);
      return words.map((word, at) => ({ a: word, b: others[at] ?? others[0] ?? '', of }));
    });
  }

  /** The node of a file with what follows from other contents, in it and below. */
  marked(node: InsideDiff, path: string): InsideDiff {
    const [removed, added] = [linesOf(node.diff, '-'), linesOf(node.diff, '+')];
    const texts = [...node.fields.map(({ a, b }) => [a ?? '', b ?? ''] as const), [removed, added] as const];
    const follows = texts.flatMap(([a, b]) => this.#pairs(a, b, path));
    const children = node.children.map((child) => this.marked(child, path));
    return { ...node, children, ...(follows.length === 0 ? {} : { follows }) };
  }
}

function linesOf(diff: string | undefined, sign: string): string {
  if (diff === undefined) return '';
  const body = diff.slice(Math.max(0, diff.search(/^@@ /m)));
  return body
    .split('\n')
    .filter((line) => line.startsWith(sign))
    .map((line) => line.slice(1))
    .join('\n');
}
