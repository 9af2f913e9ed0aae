import { Command, Option } from 'commander';
import { inventoryOf } from '../contents/inventory.ts';
import { compareSbom, deviates, deviationLines, sbomCheck } from '../contents/sbom/compare.ts';
import { cycloneDxDocument } from '../contents/sbom/cyclonedx.ts';
import { readSbomFile } from '../contents/sbom/given.ts';
import { spdxDocument } from '../contents/sbom/spdx.ts';
import type { Inventory } from '../contents/types.ts';
import { TwinproofError } from '../errors.ts';
import { openImage } from '../oci/open.ts';
import { escapeText } from '../oci/escape.ts';
import { inventoryText } from '../report/inventory-text.ts';
import { exitOnSignal } from './exit-on-signal.ts';
import { IMAGE_FORMS, openOptions, withImageOptions, type ImageFlags } from './image-options.ts';
import { printJson } from './json-output.ts';
import { print } from './output.ts';

const FORMATS = ['text', 'json', 'spdx-json', 'cyclonedx-json'] as const;

interface Flags extends ImageFlags {
  format: (typeof FORMATS)[number];
  name?: string;
  check?: string;
}

async function check(
  { inventory, index }: { inventory: Inventory; index: string | null },
  path: string,
  { format }: Flags,
): Promise<void> {
  if (inventory.databases.length === 0) {
    throw new TwinproofError('unsupported', 'the image has no package database to compare the SBOM with', {
      hint: 'dpkg, rpm and apk are read',
    });
  }
  const sbom = await readSbomFile(path);
  const deviation = compareSbom(inventory, sbom, index);
  const agrees = !deviates(deviation);
  if (format === 'json') await printJson(sbomCheck(inventory, sbom, deviation));
  else if (agrees) {
    const named = sbom.subjects.length === 0 ? '; it does not say which image it is about' : '';
    print(
      `${inventory.packages.length} packages, the same in the image and in the SBOM (${sbom.format})${named}\n`,
    );
  } else print(`${deviationLines(deviation).map(escapeText).join('\n')}\n`);
  process.exitCode = agrees ? 0 : 1;
}

async function list(reference: string, flags: Flags): Promise<void> {
  exitOnSignal();
  if (flags.check !== undefined && flags.format.endsWith('-json'))
    throw new TwinproofError('usage', `--check does not write ${flags.format}`, {
      hint: '--format text or --format json',
    });
  const image = await openImage(reference, openOptions(flags));
  try {
    const inventory = await inventoryOf(image);
    const name = flags.name ?? inventory.image.manifest;
    if (flags.check !== undefined) await check({ inventory, index: image.index }, flags.check, flags);
    else if (flags.format === 'json') await printJson(inventory);
    else if (flags.format === 'spdx-json') print(spdxDocument(inventory, name));
    else if (flags.format === 'cyclonedx-json') print(cycloneDxDocument(inventory, name));
    else print(inventoryText(inventory));
  } finally {
    await image.close();
  }
}

/** `twinproof sbom IMAGE`: what is in an image; with `--check` exit code 1 when an SBOM says something else. */
export function sbomCommand(): Command {
  return withImageOptions(new Command('sbom'))
    .description('list what is in an image, as text or SBOM, or compare an SBOM with it')
    .argument('<IMAGE>', IMAGE_FORMS)
    .addOption(new Option('--format <format>', 'how it is written').choices(FORMATS).default('text'))
    .option('--name <name>', 'name of the image in the SBOM (default: its digest)')
    .option(
      '--check <file>',
      'compare this SBOM (SPDX or CycloneDX, JSON) with the image, in both directions',
    )
    .action(list);
}
