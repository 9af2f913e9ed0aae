import { afterAll, beforeAll, describe, expect as vitestExpect, test } from 'vitest';
import type { BootedSystem } from '../boot/system/booted.ts';
import { type TestImages, testImages } from '../testing/suites/images.ts';
import { expect } from './expect.ts';

let images: TestImages<'plain' | 'setuid' | 'linked'>;
beforeAll(async () => {
  images = await testImages({
    plain: [{ name: 'bin/su', content: 'x', mode: 0o755 }],
    setuid: [
      { name: 'bin/su', content: 'x', mode: 0o4755 },
      { name: 'bin', type: 'dir', mode: 0o4755 },
    ],
    linked: [
      { name: 'bin/su', content: 'x', mode: 0o4755 },
      { name: 'bin/sudo', type: 'hardlink', linkname: 'bin/su', mode: 0o4755 },
    ],
  });
});
afterAll(async () => {
  await images[Symbol.asyncDispose]();
});

const failure = async (assertion: Promise<unknown>): Promise<string> =>
  assertion.then(
    () => 'it holds',
    (error: unknown) => (error as Error).message,
  );

test('toBeSameImage: a failure shows the explained difference', async () => {
  const { plain, setuid } = images;
  await expect(plain).toBeSameImage(plain);
  await expect(plain).not.toBeSameImage(setuid);
  const reported = await failure(expect(plain).toBeSameImage(setuid, { rung: 'tree' }));
  vitestExpect(reported).toMatch(/^different at tree; even the file trees differ/);
  vitestExpect(reported).toMatch(/bin\/su.*mode.*0755.*4755/s);
  vitestExpect(await failure(expect(plain).not.toBeSameImage(plain))).toContain('equal at manifest');
  vitestExpect(await failure(expect(plain).toBeSameImage(setuid, { rung: 'looks' }))).toContain('looks');
  vitestExpect(await failure(expect(plain).not.toBeSameImage('oci:a'))).toContain('takes an image');
});

test('toContainNoSetuid: files, by all their names, and no folders', async () => {
  await expect(images.plain).toContainNoSetuid();
  const reported = await failure(expect(images.setuid).toContainNoSetuid());
  vitestExpect(reported).toBe('1 file has the setuid bit:\n  bin/su (mode 4755, uid 0)');
  vitestExpect(await failure(expect(images.linked).toContainNoSetuid())).toMatch(
    /^2 files .*\n.*su .*\n.*sudo/,
  );
});

describe('toHaveEntry', () => {
  test('by path, with the attributes that are named', async () => {
    for (const path of ['bin/su', '/bin/su', './bin//su'])
      await expect(images.setuid).toHaveEntry(path, { mode: '4755', uid: 0, type: 'file', size: 1 });
    await expect(images.setuid).toHaveEntry('bin', { type: 'dir' });
    await expect(images.plain).not.toHaveEntry('bin/sudo');
    await expect(images.plain).not.toHaveEntry('bin/su', { mode: '4755' });
  });

  test('says what is otherwise', async () => {
    const reported = await failure(expect(images.plain).toHaveEntry('bin/su', { mode: '4755', uid: 5 }));
    vitestExpect(reported).toBe(
      'bin/su is not as expected:\n  mode: expected 4755, found 0755\n  uid: expected 5, found 0',
    );
    vitestExpect(await failure(expect(images.plain).toHaveEntry('etc'))).toBe('there is no etc');
  });

  test.each([
    ['a mode of another form', 'bin/su', { mode: '755' }, 'four octal digits'],
    ['a field that there is not', 'bin/su', { owner: 0 }, 'knows no owner'],
    ['a value that is missing', 'bin/su', { uid: undefined }, 'is given no uid'],
    ['a path that leads out', '../bin', {}, 'leads out'],
  ])('%s is no failure of the image, negated or not', async (_, path, expected, message) => {
    const entry = expected as { mode: string };
    vitestExpect(await failure(expect(images.plain).toHaveEntry(path, entry))).toContain(message);
    vitestExpect(await failure(expect(images.plain).not.toHaveEntry(path, entry))).toContain(message);
  });
});

describe('toRefuseWrite', () => {
  const system = (lines: string[], status = 0): BootedSystem => ({
    kernel: null,
    run: () =>
      Promise.resolve({
        ...{ status, timedOut: false, stderr: Buffer.from('words') },
        stdout: Buffer.from(lines.map((line) => `${line}\n`).join('')),
      }),
    restart: () => Promise.resolve(),
    console: () => Buffer.alloc(0),
  });
  const refused = 'root\t/usr\tcreate\t1\tsh: Read-only file system';
  const allowed = 'root\t/usr\tmkdir\t0\t';
  const unclear = 'nobody\t/usr\tcreate\t1\tNo such file or directory';

  test('one attempt that is let through is enough', async () => {
    await expect(system([refused])).toRefuseWrite('/usr');
    await expect(system([refused, allowed])).not.toRefuseWrite('/usr');
    vitestExpect(await failure(expect(system([refused, allowed])).toRefuseWrite('/usr'))).toBe(
      '/usr can be written to:\n  mkdir by root: allowed',
    );
    // Root may mount anything again, unless there is no way to write.
    await expect(system([refused, 'root\t/usr\tremount\t0\t'])).toRefuseWrite('/usr');
  });

  test.each([
    ['nothing was tried', system([]), '/usr', 'nothing could be tried'],
    ['an answer is unclear', system([refused, unclear]), '/usr', 'cannot be determined'],
    ['the script failed', system([refused], 1), '/usr', 'ended with 1: words'],
    ['it is no system', images, '/usr', 'takes a booted system'],
    ['a folder that could be a command', system([refused]), '/usr; reboot', 'no absolute path'],
  ])('%s: that is neither', async (_, value, folder, message) => {
    vitestExpect(await failure(expect(value).toRefuseWrite(folder))).toContain(message);
    vitestExpect(await failure(expect(value).not.toRefuseWrite(folder))).toContain(message);
  });
});
