/** OCI image-spec platform, as far as it is used here: `linux/amd64`, `linux/arm64/v8`. */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** Architectures by their OCI (Go) name, with what Debian, RPM, the kernel and Node call them. */
const ARCHITECTURES: Record<string, readonly string[]> = {
  amd64: ['x86_64', 'x86-64', 'x64'],
  arm64: ['aarch64'],
  arm: ['armhf', 'armv7', 'armv7l', 'armv7hl'],
  '386': ['i386', 'i686', 'x86', 'ia32'],
  ppc64le: ['ppc64el'],
  s390x: [],
  riscv64: [],
  loong64: ['loongarch64'],
};

/** OCI names of the architectures that images are built for. */
export const OCI_ARCHITECTURES: readonly string[] = Object.keys(ARCHITECTURES);

/** OCI's name of what somebody else calls an architecture; as it was given where nobody is known to call it so. */
export function ociArchitecture(name: string): string {
  return OCI_ARCHITECTURES.find((known) => ARCHITECTURES[known]?.includes(name)) ?? name;
}

/** The platform of this machine; containers are Linux whatever this runs on. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: ociArchitecture(process.arch) };
}

/** Reads `os/arch[/variant]`; null for what is not written so. */
export function parsePlatform(text: string): Platform | null {
  const match = /^([a-z0-9]+)\/([a-z0-9]+)(?:\/([a-z0-9.]+))?$/.exec(text);
  const [, os, architecture, variant] = match ?? [];
  if (os === undefined || architecture === undefined) return null;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** `linux/arm64/v8`. */
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
