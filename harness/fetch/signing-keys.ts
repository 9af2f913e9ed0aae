import type { PublicKey } from 'openpgp';

/**
 * Those keys that may sign at a time. A signature that was made while its key was valid is not enough, as for apt: who
 * has found an old key can date a signature back.
 */
export async function validKeys(keys: PublicKey[], now: Date): Promise<PublicKey[]> {
  const valid = await Promise.all(
    keys.map((key) =>
      key.getSigningKey(undefined, now).then(
        () => [key],
        () => [],
      ),
    ),
  );
  return valid.flat();
}
