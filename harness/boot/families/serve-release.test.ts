import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { scratch } from '../../testing/oci/image.ts';
import { serveRelease, serverScript, withKeyring } from './serve-release.ts';

/** What the server answers to a request, and the names that it noted. */
async function answerTo(request: string): Promise<{ head: string; body: Buffer; asked: string }> {
  await using folder = await scratch();
  const asked = join(folder.path, 'asked');
  await writeFile(join(folder.path, 'os_1.root'), Buffer.of(0, 255, 10, 13));
  const script = serverScript(folder.path, asked);
  const { stdout } = await execa('sh', ['-c', script], {
    input: request,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  const text = Buffer.from(stdout);
  const end = text.indexOf('\r\n\r\n');
  return {
    head: text.subarray(0, end).toString(),
    body: text.subarray(end + 4),
    asked: await readFile(asked, 'utf8'),
  };
}

test('a file of a release is served as it is, and that it was asked for is noted', async () => {
  const { head, body, asked } = await answerTo(
    'GET /os/os_1.root HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n',
  );
  expect(head).toBe('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close');
  expect([...body]).toEqual([0, 255, 10, 13]);
  expect(asked).toBe('os_1.root\n');
});

test.each([
  ['what is not there', 'GET /SHA256SUMS.gpg HTTP/1.1\r\n\r\n'],
  ['what lies elsewhere', 'GET /../../etc/passwd HTTP/1.1\r\n\r\n'],
  ['no file', 'GET / HTTP/1.1\r\n\r\n'],
  ['what is to be written', 'PUT /os_1.root HTTP/1.1\r\n\r\n'],
])('%s is not served', async (_what, request) => {
  const { head, body } = await answerTo(request);
  expect(head).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  expect(body).toHaveLength(0);
});

test.each([null, 'os_1.1.conf'])(
  'scripts for a release with %s changed are such that a shell reads them',
  async (changed) => {
    const served = { release: 'image', signature: Buffer.from('signature'), changed };
    const script = serveRelease(served) + withKeyring(Buffer.from('keyring'), 'true');
    await execa('sh', ['-n', '-c', script]);
    expect(script.includes('SHA256SUMS.gpg')).toBe(true);
    expect(serveRelease({ ...served, signature: null }).includes('SHA256SUMS.gpg')).toBe(false);
  },
);
