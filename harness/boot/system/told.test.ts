import { expect, test } from 'vitest';
import { toldBy } from './told.ts';

const FIRMWARE = 'BdsDxe: starting Boot0001 "UEFI Misc Device"\r\n';
const KERNEL = '[    0.000000] Linux version 6.1.0-56-cloud-amd64\r\n';
/** As on the screen of a guest whose entry has no serial console. */
const EMERGENCY =
  '[ TIME ] Timed out waiting for device dev-gpt\\x2dauto\\x2droot.device.\nYou are in emergency mode. After logging in, type\n';
const screen = (text: string) => () => Promise.resolve(text);

test('a console on which the system spoke is what is read', async () => {
  expect(await toldBy(Buffer.from(FIRMWARE + KERNEL), screen(EMERGENCY))).toEqual({
    ...{ from: 'console', text: FIRMWARE + KERNEL },
  });
});

test('a silent one gives way to the screen', async () => {
  const reported = await toldBy(Buffer.from(FIRMWARE), screen(EMERGENCY));
  expect(reported).toEqual({ from: 'screen', text: `${FIRMWARE}\n${EMERGENCY}` });
});

test.each([
  ['a picture', screen('????\n')],
  ['none, of a machine that has ended', () => Promise.reject(new Error('it ended'))],
])('nothing was told where the screen shows %s', async (_what, how) => {
  expect(await toldBy(Buffer.from(FIRMWARE), how)).toEqual({ from: 'nothing', text: FIRMWARE });
});
