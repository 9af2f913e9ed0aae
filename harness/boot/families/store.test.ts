import { expect, test } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { bootc } from './bootc.ts';
import { NO_CHECK } from './scripts.ts';
import { lookAtStore } from './store.ts';

/** A guest that ends every script like that. */
const guest = (status: number, words: string): GuestChannel =>
  ({
    attempt: () =>
      Promise.resolve({ status, stdout: Buffer.alloc(0), stderr: Buffer.from(words), timedOut: false }),
  }) as unknown as GuestChannel;

test.each([
  ['whole', 0, '', { check: null, unread: null }],
  ['broken', 1, 'error: Corrupted file object', { check: 'error: Corrupted file object', unread: null }],
  [
    'not to be read back',
    NO_CHECK,
    'there is no fsverity(1)',
    { check: null, unread: 'what the store holds cannot be read back: there is no fsverity(1)' },
  ],
])('a store of bootc that is %s', async (_what, status, words, found) => {
  expect(await lookAtStore(guest(status, words), bootc)).toEqual(found);
});

test('what else keeps a store from being looked over is no answer', async () => {
  const check = (): never => {
    throw new TwinproofError('guest-unreachable', 'the machine ended');
  };
  await expect(lookAtStore(guest(0, ''), { check })).rejects.toThrow('the machine ended');
});
