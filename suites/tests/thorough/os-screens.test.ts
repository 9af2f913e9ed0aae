import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { booted, summary, verdicts } from '../selftest/os-runs.ts';
import { temporaryFolder } from '../selftest/support.ts';

/** A disk whose first sector writes a text to the screen by the BIOS, and nothing to a serial port; then it waits for ever. */
function sector(text: string): Buffer {
  // xor ax,ax; mov ds,ax; mov si,0x7c16; lodsb; or al,al; jz +6; mov ah,0x0e; int 0x10; jmp -11; hlt; jmp -3
  const code = Buffer.from('31c08ed8be167cac08c07406b40ecd10ebf5f4ebfd00', 'hex');
  const all = Buffer.alloc(1024);
  Buffer.concat([code, Buffer.from(`${text}\0`, 'latin1')]).copy(all);
  all.writeUInt16LE(0xaa55, 510);
  return all;
}

test.each([
  [
    'tells by its screen that it broke',
    '[ TIME ] Timed out waiting for device dev-gpt\\x2dauto\\x2droot.device.\r\nYou are in emergency mode. After logging in, type\r\n',
    { verdict: 'fail', reported: 'screen', reason: /emergency-shell: You are in emergency mode/ },
  ],
  [
    'tells nothing is silent, and not well',
    'Press any key\r\n',
    { verdict: 'error', reported: 'nothing', reason: /its console stayed silent \(see the screen\)/ },
  ],
])('a disk without a serial console that %s', async (_what, text, { verdict, reported, reason }) => {
  await using folder = await temporaryFolder();
  const disk = join(folder.path, 'disk.raw');
  await writeFile(disk, sector(text));
  const { shown } = await booted(disk, { results: join(folder.path, 'results'), claims: ['boots'] });
  expect(verdicts(shown), JSON.stringify(shown.results, null, 1)).toEqual({ boots: verdict });
  expect(summary(shown, 'boots')).toMatch(reason);
  const [boots] = shown.results;
  expect(boots?.detail.reported).toBe(reported);
  expect(boots?.evidence).toContainEqual(expect.objectContaining({ name: 'screen' }) as object);
});
