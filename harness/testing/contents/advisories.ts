import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assess, type Assessment, type VulnerabilityPolicy } from '../../contents/vulnerabilities/assess.ts';
import type { Distribution, Inventory, ListedPackage } from '../../contents/types.ts';
import { scratch } from '../oci/image.ts';

/** Advisories that are made up for tests, and what they come to. */

export type Documents = Record<string, unknown>;

const NOW = new Date('2026-11-21T00:00:00Z');
const MODIFIED = '2026-11-20T00:00:00Z';

export const POLICY: VulnerabilityPolicy = {
  severity: 'negligible',
  fixable: false,
  grace: 0,
  maxAge: 7,
  now: NOW,
};

/** An OSV record about one package. */
export const osv = (
  id: string,
  affected: { ecosystem: string; name: string; events?: object[]; [key: string]: unknown },
  more: object = {},
): object => {
  const { ecosystem, name, events, ...rest } = affected;
  const ranges = events === undefined ? {} : { ranges: [{ type: 'ECOSYSTEM', events }] };
  return {
    ...{ schema_version: '1.7.3', id, modified: MODIFIED },
    affected: [{ package: { ecosystem, name }, ...ranges, ...rest }],
    ...more,
  };
};

export const fixedIn = (version: string): object[] => [{ introduced: '0' }, { fixed: version }];

export const DEBIAN: Distribution = { id: 'debian', version: '12', name: null, cpe: null };
export const RHEL: Distribution = {
  id: 'rhel',
  version: '9.4',
  name: null,
  cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos',
};
export const ALPINE: Distribution = { id: 'alpine', version: '3.20.3', name: null, cpe: null };

const FORMATS: Record<string, string> = { debian: 'dpkg', ubuntu: 'dpkg', alpine: 'apk', wolfi: 'apk' };

export const digest = `sha256:${'a'.repeat(64)}`;

/** An inventory of these packages; what else is in it does not matter here. */
export function inventoryWith(
  distribution: Distribution | null,
  packages: (Pick<ListedPackage, 'name' | 'version'> & Partial<ListedPackage>)[],
): Inventory {
  const format = FORMATS[distribution?.id ?? ''] ?? 'rpm';
  return {
    image: { manifest: digest, config: digest, os: 'linux', architecture: 'amd64', created: null },
    distribution,
    unowned: [],
    packages: packages.map((item) => ({
      ...{ architecture: 'amd64', format },
      purl: `pkg:${format === 'dpkg' ? 'deb' : format}/${distribution?.id ?? ''}/${item.name}@${item.version}?arch=amd64`,
      ...item,
    })),
  } satisfies Partial<Inventory> as unknown as Inventory;
}

/** A folder of documents, by their paths in it. */
export async function writeDocuments(folder: string, documents: Documents): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [file, value] of Object.entries(documents)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return folder;
}

/** What documents in a folder say of an inventory. */
export async function assessed(
  inventory: Inventory,
  { advisories, vex }: { advisories: Documents; vex?: Documents },
  policy: Partial<VulnerabilityPolicy> = {},
): Promise<Assessment> {
  await using folder = await scratch();
  const folders = {
    advisories: await writeDocuments(join(folder.path, 'advisories'), advisories),
    vex: vex === undefined ? null : await writeDocuments(join(folder.path, 'vex'), vex),
  };
  return await assess(inventory, folders, { ...POLICY, ...policy });
}

/** `id package fixed-in` of what counts. */
export const counted = async (...given: Parameters<typeof assessed>): Promise<string[]> =>
  (await assessed(...given)).counted.map(
    ({ id, package: name, fixedIn: fix }) => `${id} ${name} ${fix ?? 'no fix'}`,
  );
