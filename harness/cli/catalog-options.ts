import { type Command, Option } from 'commander';
import { parsePin } from '../catalog/image-pins.ts';
import type { OpenOptions } from '../catalog/open.ts';
import { CLAIMS } from '../claims/registry.ts';
import { collect } from './options.ts';
import type { Claim } from '../claims/types.ts';
import type { Registry } from '../model/registry.ts';

/** What can be said of a catalog from outside. */
export interface CatalogOptions {
  builder: string[];
  resolveBuilder: boolean;
  privileges?: 'nested';
  prefetched?: string;
}

/** The options of every command that builds subjects of a catalog. */
export function addCatalogOptions(command: Command): Command {
  return command
    .option(
      '--builder <image>',
      'IMAGE@sha256:… for every builder that is named by a floating tag, or NAME=IMAGE@sha256:… for one image (repeatable)',
      collect,
      [],
    )
    .option(
      '--resolve-builder',
      'resolve floating tags of builders and base images once, and record them',
      false,
    )
    .addOption(
      new Option(
        '--privileges <which>',
        'let RUN of a checkout without a catalog file mount and make namespaces, where the checkout does not say',
      ).choices(['nested']),
    )
    .option(
      '--prefetched <dir>',
      'what Hermeto fetched for a checkout: <image>/<variant>/{output,cachi2.env}',
    );
}

export const openOptions = (options: CatalogOptions, claims: Registry<Claim> = CLAIMS): OpenOptions => ({
  claims,
  pins: options.builder.map(parsePin),
  resolveBuilder: options.resolveBuilder,
  ...(options.privileges === undefined ? {} : { privileges: options.privileges }),
  ...(options.prefetched === undefined ? {} : { prefetched: options.prefetched }),
});
