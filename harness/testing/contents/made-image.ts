import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim, ClaimContext } from '../../claims/types.ts';
import type { NamedLock } from '../../lock/types.ts';
import { openImage } from '../../oci/open.ts';
import { failedFinding } from '../../run/cell.ts';
import type { TwinBuild } from '../../rebuild/types.ts';
import { scratch, writeLayout } from '../oci/image.ts';
import { tar, type TestEntry } from '../oci/tar/tar.ts';
import { testSubject } from '../plan/subject.ts';
import { fixedIn, osv } from './advisories.ts';
import { file, OS_RELEASE } from './contents.ts';

/** An image of which all claims about its contents hold, and what they are asked. */
export interface MadeImage {
  layers: TestEntry[][];
  config: Record<string, unknown>;
  history: object[];
  /** Package to version, of the lock and of the SBOM that is given. */
  locked: Record<string, [version: string, repoid: string]>;
  sbom: object;
  advisories: Record<string, unknown>;
  vex: Record<string, unknown>;
  options: {
    origin: Record<string, unknown>;
    minimal: Record<string, unknown>;
    vulnerabilities: Record<string, unknown>;
  };
}

export const program = (name: string, content: string | Buffer, mode = 0o755): TestEntry => ({
  name,
  content,
  mode,
});

/** The smallest file that is taken for a program: ELF of the type EXEC, with these texts in it. */
export function elf(...texts: string[]): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16);
  return Buffer.concat([head, ...texts.map((text) => Buffer.from(`${text}\0`, 'latin1'))]);
}

const STANZAS = (stanzas: Record<string, string>[]): string =>
  stanzas
    .map((stanza) =>
      Object.entries({ Status: 'install ok installed', Architecture: 'amd64', ...stanza })
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
    )
    .join('\n');

const status = (...stanzas: Record<string, string>[]): TestEntry =>
  file('var/lib/dpkg/status', STANZAS(stanzas));

const PACKAGES: Record<string, string>[] = [
  { Package: 'app', Version: '1:2.0-1' },
  { Package: 'libapp1', Version: '2.0-1', Source: 'libapp (1:2.0-1)' },
  { Package: 'libapp-data', Version: '2.0-1', Source: 'libapp (1:2.0-1)' },
];

/** CycloneDX with these packages. */
export const document = (
  packages: Record<string, string>,
  metadata: object = {},
  more: object[] = [],
): object => ({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6', metadata },
  components: [
    ...Object.entries(packages).map(([name, version]) => ({
      ...{ type: 'library', name, version, purl: `pkg:deb/debian/${name}@${version}?arch=amd64` },
    })),
    ...more,
  ],
});

const VERSIONS = { app: '1:2.0-1', libapp1: '2.0-1', 'libapp-data': '2.0-1' };
export const LIBAPP = { ecosystem: 'Debian:12', name: 'libapp' };

export const cleanImage = (): MadeImage => ({
  layers: [
    [OS_RELEASE, status(...PACKAGES), program('usr/bin/app', elf('hello'))],
    [file('etc/passwd', 'nobody:x:65532:65532::/:/sbin/nologin\n')],
  ],
  config: { User: '65532' },
  history: [],
  locked: Object.fromEntries(Object.entries(VERSIONS).map(([name, version]) => [name, [version, 'main']])),
  sbom: document(VERSIONS),
  advisories: { 'base.json': osv('CVE-2026-1', { ...LIBAPP, events: fixedIn('1:1.9-1') }) },
  vex: {},
  options: { origin: { from: 'main', atLeast: 1 }, minimal: {}, vulnerabilities: { asOf: '2026-11-21' } },
});

const lockOf = (locked: MadeImage['locked']): NamedLock => ({
  ...{ kind: 'deb', path: 'debs.lock.yaml', digest: 'sha256:0', origins: [], expiredReleases: [] },
  arches: [
    {
      ...{ arch: 'amd64', source: [], moduleMetadata: [] },
      packages: Object.entries(locked).map(([name, [evr, repoid]]) => ({
        url: `https://x/${name}`,
        name,
        evr,
        repoid,
      })),
    },
  ],
});

/** What each claim says of an image, by its id; what it throws is an error, as in a run. */
export async function verdictsOf(made: MadeImage, claims: readonly Claim[]): Promise<Record<string, string>> {
  await using folder = await scratch();
  const at = (name: string): string => join(folder.path, name);
  for (const [name, documents] of Object.entries({ advisories: made.advisories, vex: made.vex })) {
    await mkdir(at(name));
    for (const [path, value] of Object.entries(documents))
      await writeFile(join(at(name), path), JSON.stringify(value));
  }
  await writeFile(at('sbom.json'), JSON.stringify(made.sbom));
  const layout = await writeLayout(at('image'), {
    layers: made.layers.map((entries) => tar(entries)),
    config: { config: made.config, ...(made.history.length === 0 ? {} : { history: made.history }) },
  });
  const image = await openImage(layout);
  const vulnerabilities = { advisories: at('advisories'), vex: at('vex') };
  const subject = testSubject('x', { claimFiles: { sbom: { document: at('sbom.json') }, vulnerabilities } });
  const options: Record<string, Record<string, unknown>> = {
    ...made.options,
    sbom: { document: 'sbom.json' },
  };
  const context: Partial<ClaimContext> = {
    ...{ subject, lock: lockOf(made.locked), buildEvidence: [] },
    builds: [{ twin: 'A', outcome: { built: true, layout } } as unknown as TwinBuild],
    inputs: { folder: null, files: 1, bytes: 1, unverified: [], unsized: 0 },
    image: () => Promise.resolve(image),
  };
  try {
    const verdicts: Record<string, string> = {};
    for (const claim of claims) {
      const finding = await claim
        .check({ ...context, options: options[claim.id] ?? {} } as ClaimContext)
        .catch(failedFinding);
      verdicts[claim.id] = finding.verdict === 'error' ? `error ${finding.error.code}` : finding.verdict;
    }
    return verdicts;
  } finally {
    await image.close();
  }
}
