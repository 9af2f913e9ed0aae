import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openRepository } from '../../../oci/repository/open.ts';
import { scratch } from '../../oci/image.ts';
import { gather } from '../../../audit/evidence.ts';
import { readSubject } from '../../../audit/find/subject.ts';
import { DSSE, Published, type Layer, statementAbout } from '../published.ts';
import { type TrustOptions, readTrust } from '../../../audit/verify/trust.ts';
import { SLSA_V02 } from '../../../audit/verify/predicates.ts';

/** One image with one `.att` tag, for tests of what becomes of what is in it. */

export const V02 = { builder: { id: 'b' }, buildType: 't' };
export const V1 = {
  buildDefinition: { buildType: 't', externalParameters: {} },
  runDetails: { builder: { id: 'b' } },
};
export const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
export const own = ec('P-256');
export const other = ec('P-256');

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

export interface Case {
  /** Layers of the `.att` tag of the image. */
  layers: (digest: string, manifest: Buffer) => Layer[] | Promise<Layer[]>;
  key?: KeyObject | null;
  trust?: TrustOptions;
  root?: string;
  /** Statuses, or messages where they matter. */
  says: (string | RegExp)[];
}

/** One line for each thing that was found. */
export async function verdicts({ layers, key = own, trust = {}, root }: Case): Promise<string[]> {
  await using folder = await scratch();
  const world = new Published(folder.path);
  const digest = await world.image();
  await world.alone();
  const manifest = await readFile(join(folder.path, 'blobs', digest.replace(':', '/')));
  await world.tag(digest, 'att', ...(await layers(digest, manifest)));
  const options: TrustOptions = { ...trust };
  if (key !== null) await writeFile((options.key = join(folder.path, 'key')), pem(key));
  if (root !== undefined) await writeFile((options.trustedRoot = join(folder.path, 'root')), root);
  const repository = await openRepository(`oci:${folder.path}`);
  const image = await readSubject(repository);
  const { exhibits } = await gather(repository, image, [], await readTrust(options));
  return exhibits.map(({ status, message, signer, role }) => {
    const by = signer === null ? '' : ` (${role ?? ''}, ${signer.by}, ${signer.detail}, log ${signer.log})`;
    return `${status}: ${message}${status === 'verified' ? by : ''}`;
  });
}

export const about = (digest: string, predicate: unknown = V02, type = SLSA_V02): string =>
  statementAbout([digest], type, predicate);
export const hex = (digest: string): string => digest.replace('sha256:', '');
export const changed = (text: string, from: string, to: string): string => {
  const { payload, ...rest } = JSON.parse(text) as { payload: string };
  const bytes = Buffer.from(Buffer.from(payload, 'base64').toString().replace(from, to));
  return JSON.stringify({ payload: bytes.toString('base64'), ...rest });
};
export const raw = (text: string, mediaType = DSSE): Layer => ({ bytes: text, mediaType });

export async function check(one: Case): Promise<void> {
  const found = await verdicts(one);
  expect(found).toEqual(
    one.says.map((says) =>
      typeof says === 'string'
        ? (expect.stringMatching(new RegExp(`^${says}`)) as string)
        : (expect.stringMatching(says) as string),
    ),
  );
}
