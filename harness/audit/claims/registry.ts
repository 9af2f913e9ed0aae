import { builder } from './builder.ts';
import { hermetic, published, selfConsistent } from './not-yet.ts';
import { coverage, provenance } from './provenance.ts';
import { scansNotEmpty } from './scans.ts';
import { signed } from './signed.ts';
import { source } from './source.ts';
import type { AuditClaim } from './types.ts';

/** All claims of an audit, in the order in which they are told. */
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
