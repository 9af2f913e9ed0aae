import { readOptions, hasOption } from './options.ts';
import { type Rewrite, addOption, program } from './rewrite.ts';

/** The build is told what time it is. */
export const EPOCH: Rewrite = {
  kind: 'variable',
  does: 'ARG SOURCE_DATE_EPOCH',
  instruction: 'ARG SOURCE_DATE_EPOCH',
  name: 'SOURCE_DATE_EPOCH',
};

const STYLE = { values: 'dfrsD', attached: 'I', long: ['date', 'file', 'reference', 'set'] };
const OF_ITS_OWN = ['d', 'date', 'f', 'file', 'r', 'reference', 's', 'set'];

/** `date` without a date of its own; how it prints it stays. */
const DATE = program(/^date$/, 'date -u -d "@$SOURCE_DATE_EPOCH"', (invocation) => {
  const read = readOptions(invocation.arguments, STYLE);
  const sets = read.operands.some(({ prefix }) => !prefix.startsWith('+'));
  if (sets || hasOption(read, ...OF_ITS_OWN)) return [];
  const utc = hasOption(read, 'u', 'utc', 'universal') ? '' : '-u ';
  return addOption(invocation, `${utc}-d "@$SOURCE_DATE_EPOCH"`);
});

/** Time is taken from SOURCE_DATE_EPOCH. */
export const CLOCK: readonly Rewrite[] = [EPOCH, DATE];

/** `date` that prints in the zone of the build. */
export const DATE_UTC = program(/^date$/, 'date -u', (invocation, set) => {
  const read = readOptions(invocation.arguments, STYLE);
  return set.has('TZ') || hasOption(read, 'u', 'utc', 'universal') ? [] : addOption(invocation, '-u');
});
