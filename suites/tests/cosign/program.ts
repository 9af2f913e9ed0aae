import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../../harness/engine/folders.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { REGISTRY } from '../selftest/docker-registry.ts';

/** The last release that keeps signatures under tags, and one that keeps bundles among the referrers. */
export const COSIGN = { v2: 'v2.6.5', v3: 'v3.1.3' } as const;
export type Major = keyof typeof COSIGN;

/** Ways to keep what was signed: where it lies, and options that ask neither a log nor a clock. */
export interface Variant {
  major: Major;
  place: 'cosign-tag' | 'referrers-tag';
  /** Of the command that signs and the one that attests. */
  options: string[];
}
export const VARIANTS: Readonly<Record<string, Variant>> = {
  'v2, under tags': { major: 'v2', place: 'cosign-tag', options: ['--tlog-upload=false'] },
  'v2, as bundles': {
    major: 'v2',
    place: 'referrers-tag',
    options: ['--tlog-upload=false', '--new-bundle-format'],
  },
  v3: { major: 'v3', place: 'referrers-tag', options: ['--use-signing-config=false', '--tlog-upload=false'] },
};

/** Why cosign cannot be tried here, or null. */
export function whyNoCosign(): string | null {
  if (REGISTRY === null) return 'docker-registry is missing (Debian: docker-registry)';
  return findTool('go') === null ? 'go is missing (Debian: golang)' : null;
}

/** The real cosign, built once: some minutes of CPU, then kept in the cache. */
export async function cosignProgram(major: Major): Promise<string> {
  const version = COSIGN[major];
  const folder = join(cacheFolder(), 'cosign', version);
  const program = join(folder, 'cosign');
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await execa('go', ['install', '-trimpath', `github.com/sigstore/cosign/${major}/cmd/cosign@${version}`], {
    env: { GOBIN: folder, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return program;
}
