import { TwinproofError } from '../../errors.ts';
import { createMessage, generateKey, sign } from 'openpgp';

/** Who publishes releases, for as long as a machine lives. */
export interface Publisher {
  /** Their public key, as a keyring of GnuPG's holds it. */
  keyring: Uint8Array;
  /** A detached signature. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A guest's clock may be behind. */
const EARLIER = 86_400_000;

/** A new key that nobody knows yet. */
export async function newPublisher(): Promise<Publisher> {
  const date = new Date(Date.now() - EARLIER);
  const { privateKey, publicKey } = await generateKey({
    ...{ userIDs: [{ name: 'release' }], format: 'object', date },
  });
  return {
    keyring: publicKey.write(),
    async sign(bytes) {
      const message = await createMessage({ binary: bytes });
      const options = { message, signingKeys: privateKey, detached: true, date } as const;
      const signature: unknown = await sign({ ...options, format: 'binary' });
      if (signature instanceof Uint8Array) return signature;
      throw new TwinproofError('internal', 'a signature that is no bytes');
    },
  };
}
