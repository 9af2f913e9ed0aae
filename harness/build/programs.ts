import { extname, join } from 'node:path';
import type { Mount } from '../engine/container.ts';
import { NODE_INSIDE, nodeFolder } from '../engine/node-folder.ts';
import type { Owner } from '../engine/owner.ts';

/** Folder of this host with the programs that Node runs inside containers of builds. */
const PROGRAMS = join(import.meta.dirname, 'programs');

/** Under which such containers see it. */
const PROGRAMS_INSIDE = '/programs';

export const program = (name: 'oci-runtime' | 'network-server'): string =>
  `${PROGRAMS_INSIDE}/${name}${extname(import.meta.filename)}`;

/** What a container needs to run them. */
export const programMounts = async (owner: Owner): Promise<Mount[]> => [
  { source: await nodeFolder(owner), target: NODE_INSIDE, mode: 'ro' },
  { source: PROGRAMS, target: PROGRAMS_INSIDE, mode: 'ro' },
];
