import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOf, scratch } from '../../testing/oci/image.ts';
import { WorkerReader } from './worker-reader.ts';

it('verifies blobs in a thread, one after the other, and names the one that is broken', async () => {
  await using folder = await scratch();
  const path = join(folder.path, 'blob');
  const bytes = Buffer.alloc(3_000_000, 'x');
  await writeFile(path, bytes);
  const place = { path, offset: 0, size: bytes.length };
  const descriptor = { mediaType: '', digest: digestOf(bytes), size: bytes.length };
  await using reader = new WorkerReader();
  await reader.verify(descriptor, place);
  const other = { ...descriptor, digest: digestOf(Buffer.from('other')) };
  await expect(reader.verify(other, place)).rejects.toMatchObject({
    code: 'image-invalid',
    where: `${path}: blob ${other.digest}`,
  });
  await expect(reader.verify(descriptor, { ...place, size: 5 })).rejects.toMatchObject({
    code: 'image-invalid',
  });
  // What is asked for meanwhile waits for its turn, and is not harmed by what fails before it.
  const asked = [other, descriptor, other].map((one) => reader.verify(one, place));
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
});
