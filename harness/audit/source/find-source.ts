import { join } from 'node:path';
import { isPrivatePlace } from '../../net/private-address.ts';
import { parseReference } from '../../oci/reference.ts';
import { readCheckout } from './checkout.ts';
import { type Wanted, cloneSource } from './clone.ts';
import type { SourceFound } from './types.ts';

export interface SourceOptions {
  /** A checkout that the user gave. */
  given?: string | undefined;
  /** Whether a repository may be asked for it. */
  mayClone: boolean;
  /** The image that is audited. */
  reference: string;
  /** A folder of this source alone. */
  scratch: string;
}

/** Gets the source: the checkout that was given, or else a clone. @throws TwinproofError usage */
export async function findSource(wanted: Wanted | null, options: SourceOptions): Promise<SourceFound> {
  const { given, mayClone, reference, scratch } = options;
  if (given !== undefined) return { kind: 'checkout', checkout: await readCheckout(given, scratch) };
  if (wanted === null || !mayClone) return { kind: 'not-asked' };
  if (wanted.repository === '') return { kind: 'unavailable', message: 'no source names the repository' };
  const privateAllowed = await isOfPrivateRegistry(reference);
  const got = await cloneSource(wanted, { folder: join(scratch, 'clone'), privateAllowed });
  return 'kind' in got ? got : { kind: 'checkout', checkout: got };
}

/** Only such an image may send an auditor's machine to what is in a private network. */
export async function isOfPrivateRegistry(reference: string): Promise<boolean> {
  const parsed = parseReference(reference);
  if (parsed.transport !== 'docker') return false;
  const place = URL.parse(`http://${parsed.name.registry}`);
  return place !== null && (await isPrivatePlace(place));
}
