import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';
import type { Instruction } from '../compare/types.ts';
import { ECOSYSTEMS } from '../packages/registry.ts';

const format = z.enum(ECOSYSTEMS.ids);

/** Fields of os-release(5) that say which distribution an image is of. */
const DISTRIBUTION = z.object({
  id: z.string().describe('`ID`, such as `debian`'),
  version: z.string().nullable().describe('`VERSION_ID`; null for rolling distributions that have none'),
  name: z.string().nullable().describe('`PRETTY_NAME`'),
  cpe: z.string().nullable().describe('`CPE_NAME`'),
});
export type Distribution = z.output<typeof DISTRIBUTION>;

const LISTED_PACKAGE = z.object({
  name: z.string(),
  version: z.string().describe('RPM `[epoch:]version-release`, Debian or Alpine version'),
  architecture: z.string(),
  source: z.string().optional().describe('source package: its name in dpkg and apk, its file name in rpm'),
  sourceVersion: z.string().optional().describe('version of the source package (dpkg), where it differs'),
  vendor: z.string().optional().describe("who distributes it: rpm's Vendor, dpkg's Origin"),
  license: z.string().optional().describe('as the package says it, which need not be an SPDX expression'),
  module: z
    .string()
    .optional()
    .describe('stream of the module that it is of (rpm), `name:stream:version:context`'),
  signedBy: z.string().optional().describe('key that the signature of the header names, hex; not verified'),
  format,
  purl: z.string().describe('package URL'),
});
export type ListedPackage = z.output<typeof LISTED_PACKAGE>;

/**
 * Why a file that no package owns is there:
 * - `database`: it is part of a package database;
 * - `generated`: installing packages makes files of this name;
 * - `configuration`: a file below `/etc` that cannot be executed;
 * - `state`: below `/var`;
 * - `copied`: a COPY or ADD put it there, in a layer that changes no package database;
 * - `unlisted`: nothing else explains it, and the database does not list the files of all packages;
 * - `dark`: nothing explains it.
 */
const UNOWNED = ['database', 'generated', 'configuration', 'state', 'copied', 'unlisted', 'dark'] as const;
export type Unowned = (typeof UNOWNED)[number];

/** A file or symbolic link that no package owns. */
export interface UnownedFile {
  /** Without a leading slash. */
  path: string;
  why: Unowned;
  /** Number of the layer, from 0. */
  layer: number;
  instruction: Instruction | null;
}

const count = z.int().nonnegative();

/** What is in an image, read from its bytes. The same image gives the same inventory. */
const INVENTORY = z.object({
  schema: z.literal('twinproof/inventory/v1'),
  image: z.object({
    manifest: z.string().describe('digest of the manifest'),
    config: z.string().describe('digest of the config'),
    os: z.string(),
    architecture: z.string(),
    created: z.string().nullable().describe('as the config has it'),
  }),
  distribution: DISTRIBUTION.nullable().describe('null where the image has no os-release'),
  databases: z.array(z.object({ format, paths: z.array(z.string()), packages: count })),
  packages: z.array(LISTED_PACKAGE),
  withoutList: count.describe('packages of whose files the database has no list'),
  files: z
    .object({ total: count, owned: count, ...countsOf(UNOWNED) })
    .describe('files and symbolic links, each counted once'),
  unowned: z
    .array(
      z.object({
        path: z.string(),
        why: z.enum(UNOWNED),
        layer: count,
        instruction: z.object({ history: count, createdBy: z.string() }).nullable(),
      }),
    )
    .describe('sorted by path'),
});
export type Inventory = z.output<typeof INVENTORY>;

function countsOf<Name extends string>(names: readonly Name[]): Record<Name, typeof count> {
  return Object.fromEntries(names.map((name) => [name, count])) as Record<Name, typeof count>;
}

export const inventorySchema = (): string =>
  publishedSchema('inventory-v1', 'What is in an image', z.toJSONSchema(INVENTORY));
