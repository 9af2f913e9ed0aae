import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRpmFile } from './rpm-file.ts';
import { rpmFile, rpmHeader } from '../../testing/packages/rpm/rpm.ts';

const HEADER = rpmHeader([
  [1000, 6, ['acl']],
  [1001, 6, ['2.3.1']],
  [1002, 6, ['4.el9']],
  [1003, 4, [1]],
  [1022, 6, ['x86_64']],
]);

describe('readRpmFile', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpm-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (bytes: Uint8Array): Promise<unknown> => {
    const path = join(folder, 'x.rpm');
    await writeFile(path, bytes);
    return readRpmFile(path);
  };

  test.each([0, 1, 7, 8, 9])('reads the header behind signatures of any length: %i', async (length) => {
    const found = await read(rpmFile(HEADER, 'x'.repeat(length)));
    expect(found).toMatchObject({
      name: 'acl',
      version: '2.3.1',
      release: '4.el9',
      epoch: 1,
      arch: 'x86_64',
    });
  });

  test('says of everything else what it is not', async () => {
    expect(await read(Buffer.from('<html>'))).toBe('this is no rpm package');
    expect(await read(Buffer.alloc(0))).toBe('this is no rpm package');
    const whole = rpmFile(HEADER);
    // The last bytes are the payload.
    for (let length = 4; length < whole.length - 8; length += 7) {
      expect(await read(whole.subarray(0, length))).toMatch(/^the rpm package /);
    }
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(0xffffffff, 96 + 8);
    expect(await read(huge)).toBe('the rpm package has no signature header');
  });
});
