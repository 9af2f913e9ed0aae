import fc from 'fast-check';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { expect, test } from 'vitest';
import { issuerOf } from './signature-issuer.ts';

test('the key that a signature names is the one that made it', async () => {
  const { privateKey: armored } = await generateKey({ userIDs: [{ name: 'Somebody' }] });
  const signingKeys = await readPrivateKey({ armoredKey: armored });
  const message = await createMessage({ binary: Buffer.from('header') });
  const packet = (await sign({ message, signingKeys, detached: true, format: 'binary' })) as Uint8Array;
  expect(issuerOf(Buffer.from(packet))).toBe(signingKeys.getFingerprint());
});

test('signatures of version 3 have a key ID, in packets of the old form', () => {
  // Signature packet, version 3, 5 hashed bytes: type and time, then the key ID.
  const packet = Buffer.from('881303050000000000' + 'a1b2c3d4e5f60718' + '01080000', 'hex');
  expect(issuerOf(packet)).toBe('a1b2c3d4e5f60718');
});

test('anything else is no signature', () => {
  for (const hex of ['', '00', '88', 'ff', '99010d04', '8804040000'])
    expect(issuerOf(Buffer.from(hex, 'hex'))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const found = issuerOf(Buffer.from(bytes));
      expect(found === null || /^[0-9a-f]*$/.test(found)).toBe(true);
    }),
  );
});
