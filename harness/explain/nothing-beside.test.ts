import { expect, it } from 'vitest';
import { look, reported as named } from '../testing/inside/inside.ts';
import { PAIRS } from '../testing/inside/pairs.ts';
import { insideEntry, reported } from '../testing/explain/entry.ts';

/** What a time is called in these formats. */
const IS_TIME = / (?:mtime|(?:debug-)?time(?: \d+)?|tEXt date)$/;

/** Ids and confidences of the causes, and whether nothing but times is named. */
async function explained(a: Buffer, b: Buffer): Promise<{ causes: string[]; onlyTimes: boolean }> {
  const inside = await look(a, b);
  const onlyTimes = named(inside).every((line) => IS_TIME.test(line));
  return { causes: inside === null ? [] : reported(insideEntry('srv/x', inside)), onlyTimes };
}

it.each(PAIRS)('of a %s no cause is exact where another byte differs as well', async (_, a, b) => {
  const wrong: [number, string][] = [];
  for (let at = 0; at < b.length; at++) {
    const changed = Buffer.from(b);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const { causes, onlyTimes } = await explained(a, changed);
    if (!onlyTimes && causes.length > 0 && causes.every((cause) => cause.endsWith(' exact')))
      wrong.push([at, causes.join()]);
  }
  expect(wrong).toEqual([]);
});

it.each(PAIRS.filter(([format]) => format !== 'png'))(
  'a %s that differs in nothing else has a cause that is exact',
  async (_, a, b) => {
    expect((await explained(a, b)).causes).toEqual(['timestamp-content exact']);
  },
);

it('a checksum that is wrong in all its places does not follow from what differs', async () => {
  const [, a, b] = PAIRS.find(([format]) => format === 'zip') ?? [];
  if (a === undefined || b === undefined) throw new Error('no pair of zip archives');
  // That of the first member, in its own header and in the directory.
  const sum = b.toString('latin1', 14, 18);
  const changed = Buffer.from(b.toString('latin1').replaceAll(sum, 'none'), 'latin1');
  const { causes } = await explained(a, changed);
  expect(causes).toEqual(['timestamp-content likely', 'unknown likely']);
});
