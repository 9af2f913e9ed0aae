import type { Platform } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';

const ARCHITECTURES: Record<string, string> = {
  x64: 'amd64',
  ia32: '386',
  arm64: 'arm64',
  arm: 'arm',
  riscv64: 'riscv64',
};

/** Containers are Linux whatever this runs on. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: ARCHITECTURES[process.arch] ?? process.arch };
}

/** `os/arch[/variant]`. @throws TwinproofError usage */
export function parsePlatform(text: string): Platform {
  const match = /^([a-z0-9]+)\/([a-z0-9]+)(?:\/([a-z0-9.]+))?$/.exec(text);
  const [, os, architecture, variant] = match ?? [];
  if (os === undefined || architecture === undefined) {
    throw new TwinproofError('usage', `"${text}" is not a platform`, {
      hint: 'such as linux/amd64 or linux/arm64/v8',
    });
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** What an architecture without a variant stands for, as containerd and podman have it (OCI image-spec, "Platform Variants"). */
const DEFAULT_VARIANTS: Partial<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

function variantOf({ architecture, variant }: Platform): string | undefined {
  return variant ?? DEFAULT_VARIANTS[architecture];
}

/** Of several that match a platform without a variant, the one with the default variant counts. */
export function hasDefaultVariant({ architecture, variant }: Platform): boolean {
  return variant === undefined || variant === DEFAULT_VARIANTS[architecture];
}

/** Whether an image of a platform is one that was asked for; without a variant any variant will do. */
export function matchesPlatform(offered: Platform, wanted: Platform): boolean {
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return false;
  return wanted.variant === undefined || variantOf(offered) === variantOf(wanted);
}
