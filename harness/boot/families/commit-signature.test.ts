import { expect, test } from 'vitest';
import { commitMetadata } from './commit-signature.ts';

test('a signature is the only one in the list that ostree keeps beside a commit', () => {
  // GLib 2.74 prints of these bytes, as a{sv}: {'ostree.gpgsigs': <[[byte 0xab, 0xab, 0xab]]>}
  expect(commitMetadata(Buffer.alloc(3, 0xab)).toString('hex')).toBe(
    ['6f73747265652e67706773696773', '00'.repeat(2), 'ababab03', '00', '616179', '0f', '19'].join(''),
  );
});

test.each([
  [119, 1],
  [300, 2],
  [70_000, 4],
])('the place of one of %i bytes is told in %i', (length, width) => {
  const bytes = commitMetadata(Buffer.alloc(length));
  expect(bytes.readUIntLE(bytes.length - width, width)).toBe(bytes.length - width);
});
