import type { Format } from '../format.ts';
import { compareTable, type TableField } from '../table.ts';

/** gcc/gcov-io.h: what belongs together has one stamp, a time in milliseconds, or made of `-frandom-seed`. */
const FIELDS: TableField[] = [['stamp', 8, 'u32']];

/** Notes (`.gcno`) and counts (`.gcda`) of coverage, as gcc writes them on little-endian machines. */
export const gcov: Format = {
  name: 'gcov',
  detects: (bytes) => /^(?:6f6e6367|61646367)$/.test(bytes.toString('hex', 0, 4)),
  compare: (a, b) => compareTable(a, b, FIELDS),
};
