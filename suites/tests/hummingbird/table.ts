import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../selftest/support.ts';
import type { Expected } from '../selftest/faulty-expected.ts';

export const FIXTURE = join(ROOT, 'fixtures/hummingbird');

export type Distro = 'hummingbird' | 'rawhide';

/** fixtures/hummingbird/images.yaml describes the format. */
export interface Image {
  package?: string;
  stream?: string;
  repository?: string;
  distros?: Distro[];
  variants?: string[];
  fips?: boolean;
  hermetic?: boolean;
}

/** fixtures/hummingbird/faults.yaml describes the format. */
export interface Fault extends Expected {
  run?: string;
  extra?: string;
  unwanted?: string;
  forgotten?: string[];
  flags?: string;
  tampered?: 'other-checksum' | 'gone';
  builder?: string;
}

/** One folder with a Containerfile. */
export interface Variant {
  image: string;
  about: Image;
  distro: Distro;
  name: string;
  /** As subjects are called, without the platform. */
  subject: string;
  /** Relative to the checkout. */
  folder: string;
  /** The packages that it asks for, sorted. */
  packages: string[];
  fault: Fault;
}

export const DEFAULTS = { distros: ['rawhide', 'hummingbird'] as Distro[], variants: ['default', 'builder'] };

/** Packages of every image, of one distribution, and of variants by the words of their name. */
export const DEFAULT_PACKAGES: Record<string, string[]> = {
  all: ['ca-certificates', 'tzdata'],
  hummingbird: ['hummingbird-release'],
  rawhide: ['fedora-release'],
  builder: ['bash', 'coreutils', 'dnf5', 'rpm'],
  fips: ['openssl-fips-provider'],
};

async function readImages(): Promise<Map<string, Image>> {
  return new Map(Object.entries(await readTable<Image>('images')));
}

async function readFaults(): Promise<Map<string, Fault>> {
  return new Map(Object.entries(await readTable<Fault>('faults')));
}

async function readTable<Row>(name: string): Promise<Record<string, Row>> {
  const text = await readFile(join(FIXTURE, `${name}.yaml`), 'utf8');
  return (parse(text) as Record<string, Record<string, Row>>)[name] ?? {};
}

/** All variants, or some of them. */
export async function readVariants(subjects?: readonly string[]): Promise<Variant[]> {
  const [images, faults] = [await readImages(), await readFaults()];
  return [...images]
    .flatMap(([image, about]) => variantsOf(image, about, faults))
    .filter(({ subject }) => subjects?.includes(subject) ?? true);
}

function variantsOf(image: string, about: Image, faults: ReadonlyMap<string, Fault>): Variant[] {
  const distros = about.distros ?? DEFAULTS.distros;
  return distros.flatMap((distro) => {
    const names = [...(about.variants ?? DEFAULTS.variants)];
    if (about.fips === true && distro === 'hummingbird') names.push('fips');
    return names.map((name) => {
      const subject = `${image}/${distros.length > 1 ? `${distro}.` : ''}${name}`;
      const fault = faults.get(subject) ?? { verdicts: ['pass', hermeticOf(about), 'pass'] };
      const folder = `images/${image}/${distro}/${name}`;
      return {
        image,
        about,
        distro,
        name,
        subject,
        folder,
        packages: packagesOf(image, about, {
          keys: [distro, name],
          more: fault.unwanted === undefined ? [] : [fault.unwanted],
        }),
        fault,
      };
    });
  });
}

const hermeticOf = ({ hermetic }: Image): 'pass' | 'skipped' => (hermetic === false ? 'skipped' : 'pass');

function packagesOf(
  image: string,
  about: Image,
  { keys, more }: { keys: string[]; more: string[] },
): string[] {
  const usual = ['all', ...keys].flatMap((key) => DEFAULT_PACKAGES[key] ?? []);
  return [...new Set([about.package ?? image, ...usual, ...more])].sort();
}
