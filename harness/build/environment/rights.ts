import { existsSync } from 'node:fs';
import type { Engine } from '../../engine/runtime.ts';
import { type Rights, seccompProfile } from './seccomp.ts';

/** Devices of the host that builds get: what disorderfs needs, where there is one. */
export const FUSE: string[] = existsSync('/dev/fuse') ? ['/dev/fuse'] : [];

/** AppArmor's profile for containers forbids mounts; the capability is what grants them here. */
export function securityOptions(engine: Engine, rights: Rights): string[] {
  // Podman's interface takes the name of a file on its own host instead of a profile; its builds keep its own.
  const podman = rights.nested === true ? ['unmask=ALL'] : [];
  const own = engine.name === 'Docker Engine' ? [`seccomp=${seccompProfile(rights)}`] : podman;
  return ['apparmor=unconfined', ...own];
}
