import { builder } from './builder.ts';
import { hermetic } from './hermetic.ts';
import { coverage, provenance } from './provenance.ts';
import { published } from './published.ts';
import { scansNotEmpty } from './scans.ts';
import { selfConsistent } from './self-consistent.ts';
import { signed } from './signed.ts';
import { source } from './source.ts';
import type { AuditClaim } from './types.ts';

/** All claims of an audit, in the order in which they are reported. */
export const AUDIT_CLAIMS: readonly AuditClaim[] = [
  signed,
  provenance,
  coverage,
  source,
  builder,
  scansNotEmpty,
  hermetic,
  selfConsistent,
  published,
];
