import { expect, test } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import { outcomeOf } from './outcome.ts';

test('a disk that holds nothing to start is an outcome', async () => {
  const broken = Promise.reject(new TwinproofError('image-invalid', 'the disk has no boot entry 0'));
  expect(await outcomeOf(broken)).toEqual({ state: null, reason: 'the disk has no boot entry 0' });
});

test('what is wrong with the machine itself stays an error', async () => {
  const late = Promise.reject(new TwinproofError('timeout', 'the system did not shut down'));
  await expect(outcomeOf(late)).rejects.toThrow('did not shut down');
});
