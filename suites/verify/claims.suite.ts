import { describe, inject, test } from 'vitest';
import { openSession, runSubject, settle } from '../../harness/run/suite.ts';

// One test a cell. All subjects start together; the session lets only `--jobs` of them work at a time.
const input = inject('twinproof');
const session = openSession(input);

const subjects = Map.groupBy(input.cells, (cell) => cell.subject);

describe.concurrent.for([...subjects])('%s', ([subject, cells]) => {
  const results = runSubject(
    session,
    subject,
    cells.map((cell) => cell.claim),
  );

  for (const { claim } of cells) {
    test(claim, async (context) => settle(context, results, claim));
  }
});

// Tests of the user's own claims wait until the run of their subject lets them look at what was built.
describe.concurrent.for(input.suites)('$path', async ({ file }) => {
  await import(/* @vite-ignore */ file);
});
