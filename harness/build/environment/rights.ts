import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../engine/folders.ts';
import type { Engine } from '../../engine/runtime.ts';
import { type Rights, seccompProfile } from './seccomp.ts';
import { sha256 } from '../../model/digest.ts';

/** Devices of the host that builds get: what disorderfs needs, where there is one. */
export const FUSE: string[] = existsSync('/dev/fuse') ? ['/dev/fuse'] : [];

/** AppArmor's profile for containers forbids mounts; the capability is what grants them here. */
export function securityOptions(engine: Engine, rights: Rights): string[] {
  const profile = seccompProfile(rights);
  if (engine.name === 'Docker Engine') return ['apparmor=unconfined', `seccomp=${profile}`];
  // Podman's interface takes the name of a file instead of a profile; it sees our files, as it mounts them.
  const whole = rights.nested === true ? ['unmask=ALL'] : [];
  return ['apparmor=unconfined', `seccomp=${fileOf(profile)}`, ...whole];
}

function fileOf(profile: string): string {
  const path = join(cacheFolder(), 'seccomp', `${sha256(profile).slice('sha256:'.length)}.json`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}.part`, profile);
  renameSync(`${path}.${process.pid}.part`, path);
  return path;
}
