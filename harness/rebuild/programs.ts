import { extname, join } from 'node:path';
import type { Input } from '../engine/port.ts';
import { NODE_INSIDE, nodeFolder } from '../engine/node-folder.ts';
import type { Owner } from '../engine/owner.ts';

/** Folder of this host with the programs that Node runs inside containers of builds. */
const PROGRAMS = join(import.meta.dirname, 'programs');

/** Under which such containers see it. */
const PROGRAMS_INSIDE = '/programs';

export const program = (name: 'oci-runtime' | 'network-server'): string =>
  `${PROGRAMS_INSIDE}/${name}${extname(import.meta.filename)}`;

/** What a container needs to run them. */
export const programInputs = async (owner: Owner): Promise<Input[]> => [
  { from: await nodeFolder(owner), at: NODE_INSIDE },
  { from: PROGRAMS, at: PROGRAMS_INSIDE },
];
