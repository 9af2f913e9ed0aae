import { compareImages } from '../../compare/compare.ts';
import type { CompareOptions } from '../../compare/types.ts';
import { explainDiff } from '../../explain/explain.ts';
import { diffText } from '../../report/diff-text.ts';
import { contextOf } from '../built.ts';
import { type MatcherResult, requireImage } from './result.ts';

/** Differences that are explained, and reported in a message. */
const LOOKED_AT = 1000;
const SHOWN = 20;
const WIDTH = 10_000;

export async function toBeSameImage(
  received: unknown,
  other: unknown,
  { rung = 'config', ignore = [] }: Pick<CompareOptions, 'rung' | 'ignore'> = {},
): Promise<MatcherResult> {
  const [a, b] = [requireImage(received, 'toBeSameImage'), requireImage(other, 'toBeSameImage')];
  const found = await compareImages(a, b, { rung, ignore, maxDiffs: LOOKED_AT });
  if (found.identical)
    return { pass: true, message: () => `the images are equal at ${found.rung}: ${found.a.config}` };
  const result = explainDiff(found, await contextOf(a, b));
  const options = { rung, colour: false, width: WIDTH, list: false, limit: SHOWN };
  return { pass: false, message: () => diffText(result, options).trimEnd() };
}
