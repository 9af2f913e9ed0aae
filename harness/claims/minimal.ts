import { z } from 'zod';
import { checkMinimal } from '../contents/minimal/check.ts';
import { POLICIES, POLICY_NAMES } from '../contents/minimal/policies.ts';
import { INTERPRETER_NAMES } from '../contents/minimal/program-names.ts';
import { type ContentsFinding, FINDING_KINDS } from '../contents/minimal/types.ts';
import { givenOptions } from '../model/claim.ts';
import { firstBuild, undecided } from './failed-build.ts';
import { listedIn } from './findings.ts';
import type { Claim, ClaimContext, Failure, Finding } from './types.ts';

const OPTIONS = z.strictObject({
  policy: z.enum(POLICY_NAMES),
  allow: z.array(z.enum(FINDING_KINDS)).optional(),
  interpreters: z.array(z.enum(INTERPRETER_NAMES)).optional(),
});
const MOST_LISTED = 1000;
const MOST_TOLD = 5;

/** Nothing in the image that its policy forbids, seen in its bytes: in every layer, under any name. */
export const minimal: Claim = {
  id: 'minimal',
  statement: 'holds no more than it needs, and nothing that gives rights away',
  passes:
    'by its policy (`distroless` by default): no shell and no package manager, by name, content or through links; no setuid or setgid program, no file capabilities; nothing world-writable without sticky bit, nothing below `/usr`, `/bin`, `/lib`, `/etc` that the user it runs as may change; `USER` is a number and not 0; no account without password or with the hash of one; no private key or token in a file of any layer, in ENV, LABEL or history; no caches, logs or temporary files',
  fails: 'each finding is named with its path, layer, instruction and package',
  itemised: { causes: FINDING_KINDS },
  findings: listedIn('findings', MOST_LISTED, ({ kind, path }) => `${String(kind)} ${String(path)}`),
  options: {
    schema: OPTIONS,
    notes: {
      policy: {
        example: 'builder',
        meaning: '`distroless`, or `builder`: shell, package manager and root are allowed',
        strictness: { order: POLICY_NAMES, absent: 'distroless' },
      },
      allow: {
        example: '[setuid, leftover]',
        meaning: 'kinds of findings that do not count beyond those of the policy',
      },
      interpreters: {
        example: '[python, perl]',
        meaning:
          'interpreters that count as findings: `python`, `perl`, `ruby`, `node`, `php`, `lua`, `tcl`, `awk`, `java`',
      },
    },
  },
  check,
};

async function check(context: ClaimContext): Promise<Finding & { failures?: Failure[] }> {
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  const { policy = 'distroless', allow = [], interpreters = [] } = givenOptions(OPTIONS, context.options);
  const image = await context.image(first.build);
  const allowed = [...POLICIES[policy].allowed, ...allow];
  const { findings, unseen, hardening } = await checkMinimal(image, { allowed, interpreters });
  const listed = findings.slice(0, MOST_LISTED).map(listedFinding);
  const detail = {
    ...{ policy, allowed, interpreters, findings: listed, total: findings.length },
    unseen: unseen.slice(0, 100),
    hardening: { ...hardening, lacking: hardening.lacking.slice(0, MOST_LISTED) },
  };
  if (findings.length > 0) {
    const reported = findings.slice(0, MOST_TOLD).map(({ path, what }) => `${path}: ${what}`);
    const more = findings.length > MOST_TOLD ? ` and ${findings.length - MOST_TOLD} more` : '';
    const failures = findings.map(({ path, kind }) => ({ place: path, causes: [kind] }));
    return { verdict: 'fail', summary: `${reported.join('; ')}${more}`, detail, evidence: [], failures };
  }
  if (unseen.length > 0) {
    const some = unseen.slice(0, 3).map(({ path, why }) => `${path} (${why})`);
    const message = `${unseen.length} files could not be looked at: ${some.join(', ')}`;
    return { ...undecided({ code: 'unsupported', message }, []), detail };
  }
  return { verdict: 'pass', summary: `nothing that the policy ${policy} forbids`, detail, evidence: [] };
}

const listedFinding = ({ kind, path, what, layer, instruction, owner }: ContentsFinding) => ({
  kind,
  path,
  what,
  layer,
  instruction: instruction?.createdBy ?? null,
  package: owner,
});
