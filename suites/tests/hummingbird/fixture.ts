import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { writeCheckout } from './checkout.ts';
import { BUILDER } from './containerfile.ts';
import { type BuiltPackage, buildRepositories, definedBuilder } from './packages.ts';
import { type RepositoryServer, serveRepositories } from './server.ts';
import { FIXTURE, type Variant, readVariants } from './table.ts';

/** A checkout and all that is needed to verify it. */
export interface Fixture {
  checkout: string;
  repositories: string;
  built: BuiltPackage[];
  variants: Variant[];
  server: RepositoryServer;
  /** Options of `verify` that say which image is meant by the builder that Containerfiles name. */
  builderOptions: string[];
}

export interface FixtureOptions {
  onStep?: (step: string) => void;
  /** Only these variants, without their platform. */
  subjects?: readonly string[];
}

/** Which image is meant by the builder that Containerfiles name. */
export const builderOptions = (digest: string): string[] => ['--builder', `${BUILDER}=${digest}`];

/** What is made below the folder of a fixture. */
export const FOLDERS = ['checkout', 'repositories', 'certificates'] as const;

/** Makes everything below a folder, anew, and serves the repositories. */
export async function makeFixture(
  folder: string,
  { onStep = () => undefined, subjects }: FixtureOptions = {},
): Promise<Fixture> {
  const variants = await readVariants(subjects);
  const engine = await connectEngine();
  const place = { engine, owner: currentOwner(`hummingbird-${process.pid}`), onStep };
  const at = (name: (typeof FOLDERS)[number]): string => join(folder, name);
  for (const name of FOLDERS) {
    await rm(at(name), { recursive: true, force: true });
    await mkdir(at(name), { recursive: true });
  }
  const [repositories, checkout] = [at('repositories'), at('checkout')];
  const wanted = variants.flatMap(({ packages, fault }) => [
    ...packages,
    ...(fault.extra === undefined ? [] : [fault.extra]),
  ]);
  const built = await buildRepositories(
    place,
    repositories,
    subjects === undefined ? [] : [...new Set(wanted)],
  );
  const { digest } = await definedBuilder(place, join(FIXTURE, 'builder'));
  onStep('writing the checkout');
  await writeCheckout(checkout, variants, { repositories, built });
  return {
    checkout,
    repositories,
    built,
    variants,
    server: await serveRepositories(at('certificates'), repositories),
    builderOptions: builderOptions(digest),
  };
}
