import { expect, test } from 'vitest';
import { cell } from '../testing/record/run.ts';
import { foldedErrors } from './alike.ts';
import { FORMATS, reportFiles } from './formats.ts';
import { madeUp } from '../testing/report/input.ts';

const CLAIMS = ['boots', 'kernel', 'update'];
const UNSUPPORTED = 'the image has no boot loader';
const os = CLAIMS.map((claim) => cell('os', 'error', { claim, summary: UNSUPPORTED }));
const cells = [
  ...os,
  cell('os', 'error', { claim: 'hermetic', summary: 'the build failed' }),
  cell('other', 'error', { claim: 'boots', summary: UNSUPPORTED }),
  cell('other', 'fail', { claim: 'kernel', summary: 'differs' }),
  cell('other', 'fail', { claim: 'update', summary: 'differs' }),
];

test('what cannot be checked of one subject for one reason is reported once; what fails is told each', () => {
  expect(foldedErrors(cells).map(({ subject, claims }) => `${subject} ${claims}`)).toEqual([
    'os boots, kernel, update',
    'os hermetic',
    'other boots',
    'other kernel',
    'other update',
  ]);
});

test.each(['terminal', 'markdown', 'github', 'comment'] as const)('%s says the reason once', async (id) => {
  const [text = ''] = (await reportFiles(madeUp(os), FORMATS.only([id]))).values();
  expect(text.split(UNSUPPORTED)).toHaveLength(2);
  for (const claim of CLAIMS) expect(text).toContain(claim);
});
