import { existsSync } from 'node:fs';
import type { ContainerSpec } from '../../engine/port.ts';
import { type Rights, seccompProfile } from './seccomp.ts';

/** Devices of the host that builds get: what disorderfs needs, where there is one. */
export const FUSE: string[] = existsSync('/dev/fuse') ? ['/dev/fuse'] : [];

/** What the kernel lets a build do beside its capabilities. */
export const confinement = (rights: Rights): Pick<ContainerSpec, 'seccomp' | 'unconfined' | 'wholeProc'> => ({
  seccomp: seccompProfile(rights),
  unconfined: true,
  wholeProc: rights.nested === true,
});
