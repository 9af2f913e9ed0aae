import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../../../bench/images/random.ts';
import { loadCatalog } from '../../../harness/catalog/load.ts';
import type { Catalog } from '../../../harness/catalog/types.ts';
import { CLAIMS } from '../../../harness/claims/registry.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import type { Json } from '../../../harness/oci/types.ts';
import { planCells } from '../../../harness/plan/cells.ts';
import { selectSubjects } from '../../../harness/plan/select.ts';
import { wholePlan } from '../../../harness/plan/whole-plan.ts';
import { documentBytes } from './documents.ts';
import type { Judged } from './judge.ts';
import { pick } from './mutate.ts';
import { misspelt } from './names.ts';

type Entry = Record<string, Json>;

interface Made {
  catalog: Entry & { subjects: Entry[] };
  /** A catalog with such a fault must be refused; null for one that is as it should be. */
  fault: string | null;
}

const FILES = ['a/Containerfile', 'b/Containerfile', 'builder/packages.yaml', 'b/debs.lock.yaml'];

function valid(random: Random): Made['catalog'] {
  const rung = pick(random, ['index', 'manifest', 'config', 'layers', 'tree', 'tree-no-times']);
  const subjects: Entry[] = ['a', 'b', 'c'].slice(0, 1 + random.below(3)).map((image) => ({
    image,
    recipe: { containerfile: image === 'b' ? 'b/Containerfile' : 'a/Containerfile' },
    claims: { reproducible: { rung }, hermetic: true, runs: true, boots: { made: false, reason: 'r' } },
    smoke: { run: ['x'], expect: 'y', timeout: '10s' },
    limits: { memory: '1GiB', time: '5m', processes: 64 },
    exemptions: [
      { claim: 'reproducible', path: 'etc/**', reason: 'r', owner: 'o', expires: '2099-12-31' },
      { claim: 'hermetic', reason: 'r', owner: 'o', expires: '2099-12-31' },
    ],
    ...(image === 'b' ? { lock: 'b/debs.lock.yaml' } : {}),
    ...(random.below(2) === 0 ? { platforms: ['linux/amd64', 'linux/arm64'] } : {}),
  }));
  return {
    ...{ version: 1, name: 'fuzz', builder: { definition: 'builder' } },
    defaults: { sourceDateEpoch: 1, claims: { reproducible: true } },
    subjects,
  };
}

/** Faults of which it is known that they are faults, wherever they stand. */
const FAULTS: Readonly<Record<string, (random: Random, catalog: Made['catalog'], subject: Entry) => void>> = {
  'a claim that nothing checks': (random, _, subject) => {
    (subject.claims as Entry)[misspelt(random, CLAIMS.ids)] = true;
  },
  'a default that nothing checks': (random, catalog) => {
    (catalog.defaults as Entry).claims = { [misspelt(random, CLAIMS.ids)]: true };
  },
  'an exemption of a claim that nothing checks': (random, _, subject) => {
    exemptionOf(random, subject).claim = misspelt(random, CLAIMS.ids);
  },
  'an exemption of a claim that is not made': (random, _, subject) => {
    const exemption = exemptionOf(random, subject);
    exemption.claim = pick(random, ['boots', 'update']);
    delete exemption.path;
  },
  'a cause that nobody knows': (random, _, subject) => {
    const exemption = (subject.exemptions as Entry[])[0] ?? {};
    delete exemption.path;
    exemption.cause = misspelt(random, ['timestamp-metadata', 'hostname']);
  },
  'a rung that nobody knows': (random, _, subject) => {
    (subject.claims as Entry).reproducible = { rung: misspelt(random, ['config', 'tree']) };
  },
  'a policy that nobody knows': (random, _, subject) => {
    (subject.claims as Entry).downgrade = { policy: misspelt(random, ['refused', 'allowed']) };
  },
  'a day that is none': (random, _, subject) => {
    exemptionOf(random, subject).expires = pick(random, [
      '2027-02-29',
      '2027-04-31',
      '2027-13-01',
      '27-01-01',
    ]);
  },
  'a number out of its bounds': (random, _, subject) => {
    const [key, values] = pick(random, [
      ['memory', ['0B', '-1GiB', '1e9GiB', '99999999TiB']],
      ['time', ['0s', '', '-5m', '9999h']],
      ['processes', [0, -1, 15, 1.5, 2 ** 40]],
    ] as const);
    (subject.limits as Entry)[key] = pick<Json>(random, values);
  },
  'a subject twice': (_, catalog, subject) => {
    catalog.subjects.push(structuredClone(subject));
  },
  'a path that leaves the folder': (random, _, subject) => {
    const out = pick(random, ['../x', '/etc/passwd', 'a/../../x', 'a\0b']);
    subject.recipe = { containerfile: 'a/Containerfile', context: out };
  },
};

const exemptionOf = (random: Random, subject: Entry): Entry => pick(random, subject.exemptions as Entry[]);

function make(random: Random): Made {
  const catalog = valid(random);
  if (random.below(3) > 0) return { catalog, fault: null };
  const fault = pick(random, Object.keys(FAULTS));
  FAULTS[fault]?.(random, catalog, pick(random, catalog.subjects));
  return { catalog, fault };
}

/** What is wrong with a catalog that was taken; null when nothing can be said against it. */
async function wrongCatalog(random: Random, catalog: Catalog): Promise<string | null> {
  const ids = catalog.subjects.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return 'a subject is there twice';
  for (const { claims, exemptions = [], limits, recipe } of catalog.subjects) {
    const named = [...Object.keys(claims), ...exemptions.map(({ claim }) => claim)];
    const unknown = named.find((claim) => !CLAIMS.ids.includes(claim));
    if (unknown !== undefined) return `the claim ${JSON.stringify(unknown)} was taken`;
    const idle = exemptions.find(({ claim }) => claims[claim]?.made !== true);
    if (idle !== undefined) return `an exemption of ${idle.claim}, which is not made, was taken`;
    const odd = Object.entries(limits).find(([, value]) => !(value > 0 && Number.isSafeInteger(value)));
    if (odd !== undefined) return `the limit ${odd.join(' ')} was taken`;
    if (!`${recipe.context}/`.startsWith(`${catalog.root}/`))
      return `the context ${recipe.context} was taken`;
  }
  return wrongPlan(random, catalog);
}

async function wrongPlan(random: Random, catalog: Catalog): Promise<string | null> {
  const glob = pick(random, ['*', 'a', 'a/default', '{a,b}', 'x*', '', '[', '*'.repeat(random.below(40))]);
  const selected = usage(() => selectSubjects(catalog.subjects, [glob]));
  if (selected?.length === 0) return `--image ${glob} selects nothing, and is not refused`;
  const { cells } = await planCells(catalog, { images: [], claims: [] });
  const plan = wholePlan(catalog, { cells, untouched: new Set(), long: [], claims: CLAIMS });
  const planned = plan.reduce((sum, { claims }) => sum + Object.keys(claims).length, 0);
  return planned === cells.length ? null : `${cells.length} cells, ${planned} in the plan`;
}

/** Null for what is refused as a usage error; any other is thrown. */
function usage<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'usage') return null;
    throw error;
  }
}

function wrongRefusal(error: unknown, plain: boolean): string | null {
  if (!(error instanceof TwinproofError) || error.code !== 'catalog-invalid')
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (plain) return `a catalog that is as it should be was refused: ${error.message}`;
  if (!/:\d+:\d+$/.test(error.where ?? '')) return `the complaint is nowhere: ${error.message}`;
  return /\p{Cc}/u.test(error.message.replaceAll('\n', '')) ? 'the complaint is not plain text' : null;
}

/** A catalog that is good, faulty in a known way, or damaged anyhow. */
export async function judgeCatalog(random: Random, folder: string): Promise<Judged> {
  for (const file of FILES) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  const { catalog, fault } = make(random);
  const whole = Buffer.from(JSON.stringify(catalog));
  const bytes = fault === null ? documentBytes(random, catalog) : whole;
  const path = join(folder, 'catalog.yaml');
  await writeFile(path, bytes);
  let loaded: Catalog;
  try {
    loaded = await loadCatalog(path, { claims: CLAIMS });
  } catch (error) {
    return { compared: false, wrong: wrongRefusal(error, fault === null && bytes.equals(whole)) };
  }
  if (fault !== null) return { compared: true, wrong: `${fault} was taken` };
  return { compared: true, wrong: await wrongCatalog(random, loaded) };
}
