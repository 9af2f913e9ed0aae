import type { Edit } from '../../containerfile/run-scripts.ts';
import { readOptions } from './options.ts';
import { insert, program, setFor } from './rewrite.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const SEED = 'hash_seed=00000000-0000-4000-8000-000000000002';
const STYLE = { values: 'bCdeEfgGiIJLmMNoOrtTUz' };

/** A file system of ext with an identity that is always the same, and the time of SOURCE_DATE_EPOCH. */
export const MKE2FS = program(
  /^(?:mke2fs|mkfs\.ext[234])$/,
  'mke2fs -U … -E hash_seed=…',
  (invocation, set): Edit[] => {
    const { options } = readOptions(invocation.arguments, STYLE);
    const extended = options.filter(({ name }) => name === 'E').at(-1);
    const seeded = options.some(({ name, value }) => name === 'E' && value?.includes('hash_seed=') === true);
    // Of several -E the last one counts.
    const more = [
      ...(options.some(({ name }) => name === 'U') ? [] : [`-U ${ID}`]),
      ...(extended === undefined ? [`-E ${SEED}`] : []),
    ];
    return [
      ...(set.has('E2FSPROGS_FAKE_TIME')
        ? []
        : setFor(invocation, 'E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH"')),
      ...(more.length === 0 ? [] : [insert(invocation.program.end, ` ${more.join(' ')}`)]),
      ...(extended === undefined || seeded
        ? []
        : [insert((extended.valueWord ?? extended.word).end, `,${SEED}`)]),
    ];
  },
);
