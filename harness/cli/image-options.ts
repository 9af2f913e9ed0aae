import { InvalidArgumentError, type Command } from 'commander';
import { TwinproofError } from '../errors.ts';
import type { OpenOptions } from '../oci/open.ts';
import type { RegistryOptions } from '../oci/registry/types.ts';
import { parsePlatform, type Platform } from '../model/platform.ts';

/** How images are named, for the help of a command. */
export const IMAGE_FORMS =
  'image: oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG], dir:DIR, docker://NAME, ' +
  'docker-daemon:NAME, containers-storage:NAME or PATH[:TAG]';

export interface RegistryFlags {
  tlsVerify: boolean;
  authfile?: string;
}

export interface ImageFlags extends RegistryFlags {
  platform?: string;
}

function yesOrNo(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('expected true or false.');
}

/** Adds the options that say how images are found and read. */
export function withImageOptions(command: Command): Command {
  return withRegistryOptions(command.option('--platform <os/arch[/variant]>', 'which image of an index'));
}

/** Adds the options that say how registries are spoken to. */
export function withRegistryOptions(command: Command): Command {
  return command
    .option('--tls-verify <true|false>', 'false: any certificate, and plain HTTP registries', yesOrNo, true)
    .option('--authfile <path>', 'credentials for registries, in place of the usual files');
}

function readPlatform(text: string): Platform {
  const platform = parsePlatform(text);
  if (platform !== null) return platform;
  throw new TwinproofError('usage', `"${text}" is not a platform`, {
    hint: 'such as linux/amd64 or linux/arm64/v8',
  });
}

/** @throws TwinproofError usage */
export function openOptions({ platform, ...registry }: ImageFlags): OpenOptions {
  return {
    ...(platform === undefined ? {} : { platform: readPlatform(platform) }),
    registry: registryOptions(registry),
  };
}

export const registryOptions = ({ tlsVerify, authfile }: RegistryFlags): RegistryOptions => ({
  tlsVerify,
  authFile: authfile,
});
