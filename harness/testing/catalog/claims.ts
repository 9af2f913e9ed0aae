import { z } from 'zod';
import type { ClaimDeclaration } from '../../model/claim.ts';
import { Registry } from '../../model/registry.ts';
import { RUNGS } from '../../model/rungs.ts';

const plain = { statement: 's', passes: 'p' };
const note = { example: 'e', meaning: 'm' };

/** Claims as a catalog sees them; nothing checks them. */
export const TEST_CLAIMS = new Registry<ClaimDeclaration>([
  {
    ...plain,
    id: 'reproducible',
    standard: true,
    itemised: { causes: ['timestamp-metadata', 'cpu', 'hostname'] },
    options: { schema: z.strictObject({ rung: z.enum(RUNGS) }), notes: { rung: note } },
  },
  { ...plain, id: 'hermetic', standard: true },
  { ...plain, id: 'locked', standard: true, needs: 'lock' },
  { ...plain, id: 'runs', standard: true, needs: 'smoke' },
]);
