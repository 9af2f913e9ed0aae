import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../../../bench/images/random.ts';
import { lockedFiles, stagedPath } from '../../../harness/rebuild/inputs.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import { pinOf } from '../../../harness/lock/checksum.ts';
import { parseLock, readLock } from '../../../harness/lock/parse.ts';
import type { Lock, LockedPackage } from '../../../harness/lock/types.ts';
import { formatLock } from '../../../harness/lock/write.ts';
import type { Judged } from './judge.ts';
import { type Model, randomModel, written } from './lock-text.ts';
import { mutated, pick } from './mutate.ts';

/** What one lock may take. */
const SECONDS = 5;

/** Changes after which a lock says what nobody may take for a lock, whatever else it says. */
const FAULTS: Readonly<Record<string, [from: RegExp, to: string]>> = {
  'a version that nobody knows': [/("?lockfileVersion"?: ?)1/, '$12'],
  'a URL of a file': [/https:\/\/example\.org\//, 'file:///'],
  'a URL that climbs out': [/(https:\/\/example\.org\/)/, '$1%2e%2e/'],
  'a checksum that is too short': [/(sha(?:224|256|384|512):[0-9a-f]{9})[0-9a-f]/, '$1'],
  'a size below one': [/("?size"?: ?)"?[0-9]+"?/, '$10'],
  'a repository with a path': [/("?repoid"?: ?)[^,\n}]+/, '$1../x'],
  'no architectures': [/"?arches"?:/, 'archs:'],
};

/** As the model has it: what was written must be read, and nothing else. */
function wrongReading({ arches }: Lock, model: Model): string | null {
  const plain = arches.map(({ arch, packages, source, moduleMetadata }) => ({
    arch,
    ...{ packages: packages.map(bare), source: source.map(bare), moduleMetadata: moduleMetadata.map(bare) },
  }));
  return JSON.stringify(plain) === JSON.stringify(model) ? null : 'it was read as something else';
}

/** With its keys in one order; the repository only where the lock names one. */
function bare({ url, repoid, size, checksum, name, evr, sourcerpm }: LockedPackage): Partial<LockedPackage> {
  return JSON.parse(
    JSON.stringify({
      url,
      repoid: repoid.startsWith('unaffiliated') ? undefined : repoid,
      ...{ size, checksum, name, evr, sourcerpm },
    }),
  ) as Partial<LockedPackage>;
}

/** What must hold of every lock that is accepted. */
function wrongLock(lock: Lock): string | null {
  for (const arch of lock.arches) {
    const files = new Map(
      lockedFiles({ ...lock, arches: [arch] }, arch.arch).map((file) => [file.url, file]),
    );
    const places = [...files.values()].map((file) =>
      stagedPath('/inputs', { kind: lock.kind, arch: arch.arch, file }),
    );
    if (new Set(places).size < places.length) return 'two files lie at one place';
    const out = places.find((place) => !/^\/inputs\/rpm\/[^/]+\/[^/]+\/[^/]+$/.test(place));
    if (out !== undefined) return `a file lies at ${out}`;
    const odd = arch.packages.find((file) => !/^(sha\d+:[0-9a-f]{56,128})?$/.test(pinOf(file) ?? ''));
    if (odd !== undefined) return `${String(odd.checksum)} proves content`;
  }
  const again = parseLock(formatLock(lock), lock.path);
  return formatLock(again) === formatLock(lock) ? null : 'it is not what it was once it is written';
}

const wrongError = (error: unknown): string | null => {
  if (!(error instanceof TwinproofError) || error.code !== 'lock-invalid')
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (/\p{Cc}/u.test(error.message)) return 'the complaint is not one plain line';
  const placed = /:\d+:\d+$/.test(error.where ?? '') || error.message.includes('UTF-8');
  return placed ? null : `no place: ${error.message}`;
};

interface Made {
  text: Buffer;
  model: Model | null;
  fault: string | null;
}

function make(random: Random): Made {
  const model = randomModel(random);
  const text = written(random, model);
  const kind = random.below(3);
  if (kind === 0) return { text: Buffer.from(text), model, fault: null };
  if (kind === 1) return { text: mutated(random, Buffer.from(text)), model: null, fault: null };
  const fault = pick(random, Object.keys(FAULTS));
  const [from, to] = FAULTS[fault] ?? [/$^/, ''];
  return { text: Buffer.from(text.replace(from, to)), model: null, fault: from.test(text) ? fault : null };
}

/** A lock as tools write it is read as it was meant; any other is refused at a place, or is a lock all the same. */
export async function judgeLock(random: Random, folder: string): Promise<Judged> {
  const start = performance.now();
  const { text, model, fault } = make(random);
  const path = join(folder, 'rpms.lock.yaml');
  await writeFile(path, text);
  let compared = false;
  let wrong: string | null;
  try {
    const lock = await readLock(path);
    compared = true;
    wrong = wrongLock(lock) ?? (model === null ? null : wrongReading(lock, model));
    if (fault !== null) wrong ??= `${fault} was taken`;
  } catch (error) {
    wrong = wrongError(error) ?? (model === null ? null : `refused: ${String(error)}`);
  }
  if (performance.now() - start > SECONDS * 1000) wrong ??= `took more than ${SECONDS} s`;
  return { compared, wrong };
}
