import type { AuditResult } from '../../audit/result.ts';

/** Results of audits that nobody made, for tests of what is said of them. */

export const DIGEST = `sha256:${'1'.repeat(64)}`;

export const auditClaim = (
  id: string,
  verdict: AuditResult['claims'][number]['verdict'],
  text = `why ${id}`,
): AuditResult['claims'][number] => ({
  claim: id,
  verdict,
  summary: text,
  details: ['a detail'],
  needed: verdict === 'pass' || verdict === 'fail' ? null : 'more',
});

/** @param text stands wherever others write what they like */
export function auditResult(text: string): AuditResult {
  const attestation = {
    kind: 'attestation',
    id: 'a1',
    pointer: `/predicate/${text}`,
    verified: true,
  } as const;
  const label = { kind: 'label', name: text } as const;
  return {
    schema: 'twinproof/audit/v1',
    harness: '1',
    reference: `docker://registry.example/${text}:1`,
    image: { digest: DIGEST, platforms: [{ platform: 'linux/amd64', digest: DIGEST, config: DIGEST }] },
    found: [
      {
        ...{ id: 'a1', place: 'cosign-tag', where: text, about: DIGEST, mediaType: text, digest: DIGEST },
        ...{ size: 1, status: 'verified', message: text, role: 'provenance', predicateType: text },
        ...{ subjects: [DIGEST], signer: { by: 'key', detail: text, log: 'none' }, builtAt: null },
        ...{ used: true, why: text },
      },
    ],
    unreadable: [{ place: 'referrers-api', where: text, reason: text }],
    recipes: [
      {
        ...{
          platform: 'linux/amd64',
          digest: DIGEST,
          form: 'Tekton Chains, SLSA v0.2',
          from: 'a1',
          verified: true,
        },
        readings: [
          {
            ...{ field: 'commit', value: text, from: attestation },
            contradictedBy: [{ value: [text, text], from: label }],
          },
        ],
        missing: [{ code: 'recipe-incomplete', field: null, what: text }],
      },
    ],
    source: { from: text, commit: '2'.repeat(40), missing: null },
    rebuilds: [builtBut(text)],
    claims: [
      auditClaim('signed', 'pass', text),
      auditClaim('provenance', 'error', text),
      auditClaim('coverage', 'unverified', text),
      auditClaim('source', 'not-checked', text),
      auditClaim('builder', 'unsupported', text),
      auditClaim('published', 'fail', text),
    ],
  };
}

const builtBut = (text: string): AuditResult['rebuilds'][number] => ({
  ...{ platform: 'linux/amd64', digest: DIGEST },
  outcome: {
    kind: 'built',
    twins: ['a', 'b'].map((name) => ({ name, manifest: DIGEST, config: DIGEST })),
    self: { equal: true, rung: 'index', why: [] },
    published: {
      equal: false,
      rung: 'tree-no-times',
      why: [`${text} changed: build-time: ${text}`],
      twin: 'a',
    },
    network: { attempts: 1, refused: [text], unverified: [text] },
    notes: [text],
  },
});
