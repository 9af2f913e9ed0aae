import { type NamedImage, builtStages, namedImages } from '../containerfile/images.ts';
import { firstHereDocument, refusals } from '../containerfile/refusals.ts';
import { runScripts } from '../containerfile/run-scripts.ts';
import type { Step } from '../containerfile/stages.ts';
import { allInvocations } from '../explain/fixes/invocation.ts';
import { type Fetches, type NetworkUse, networkUseOf } from './network-commands.ts';
import { instead } from './instead.ts';
import type { InitFinding } from './types.ts';

/** The builder as Containerfiles call it. */
export const BUILDER = 'localhost/builder';

/** What is known of a Containerfile before it is built. */
export interface Seen {
  findings: InitFinding[];
  /** It names an image by a tag, which has to be resolved. */
  floating: boolean;
}

/** Reads a Containerfile for what a build without network cannot do, and for what is not fixed. Pure. */
export function findingsOf(text: string): Seen {
  const build = { buildArgs: {} };
  const steps = builtStages(text, build).flatMap((stage) => stage.steps);
  const bases = namedImages(text, build).filter(({ reference }) => !isBuilder(reference));
  const floating = bases.filter(({ reference, unknown }) => unknown.length === 0 && !reference.includes('@'));
  const release = debianRelease(bases);
  const here = firstHereDocument(text, build);
  const findings = [
    ...bases.filter(({ unknown }) => unknown.length > 0).map(withoutValue),
    ...floating.map(floatingBase),
    ...steps.flatMap((step) =>
      [...commandsOf(step), ...addressesOf(step)].map((use) => fetched(step, use, release)),
    ),
    ...refusals(text, build).map(({ line, reason, hint }) => ({
      line,
      what: reason,
      change: [hint],
      blocks: true,
    })),
    ...(here === null ? [] : [hereDocument(here)]),
  ];
  return { findings: findings.sort((a, b) => a.line - b.line), floating: floating.length > 0 };
}

const isBuilder = (reference: string): boolean => [BUILDER, `${BUILDER}:latest`].includes(reference);

/** What the commands of a RUN fetch, each kind once. */
function commandsOf({ instruction }: Step): NetworkUse[] {
  const uses = runScripts(instruction)
    .flatMap(allInvocations)
    .flatMap((found) => networkUseOf(found) ?? []);
  const kinds = Map.groupBy(uses, ({ fetches }): Fetches => fetches);
  return [...kinds].map(([fetches, all]) => ({
    fetches,
    program: [...new Set(all.map(({ program }) => program))].join(', '),
    names: [...new Set(all.flatMap(({ names }) => names))],
  }));
}

function addressesOf({ instruction, words }: Step): NetworkUse[] {
  if (instruction.keyword !== 'ADD') return [];
  const names = words.slice(0, -1).flatMap(({ text }) => (/^(?:https?:\/\/|git@)/i.test(text) ? [text] : []));
  return names.length === 0 ? [] : [{ fetches: 'files', program: 'ADD', names }];
}

const SHOWN = 8;

function fetched({ instruction: { line } }: Step, use: NetworkUse, release: string | null): InitFinding {
  const { program, names } = use;
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const what = `${program} needs a network, and builds have none${shown === '' ? '' : `: ${shown}${more}`}`;
  return { line, what, change: instead(use, release), blocks: true };
}

const floatingBase = ({ reference, line }: NamedImage): InitFinding => ({
  line,
  what: `${reference} is a floating tag: another image may have it tomorrow`,
  change: [
    'The catalog says `resolve: true`, so that a run resolves it once and records the digest. To fix it:',
    `    FROM ${reference}@sha256:…`,
  ],
  blocks: false,
});

const withoutValue = ({ reference, line, unknown }: NamedImage): InitFinding => ({
  line,
  what: `${reference} holds ${unknown.join(', ')}, which has no value`,
  change: [
    'Give it one in the catalog:',
    `    recipe: { …, buildArgs: { ${unknown.map((name) => `${name}: '…'`).join(', ')} } }`,
  ],
  blocks: true,
});

const hereDocument = (line: number): InitFinding => ({
  line,
  what: 'a here-document, which the buildah of the bundled builder (1.28) does not know',
  change: [
    'Write the commands as `RUN one && two`, or name a builder with buildah 1.33 or later (docs/builders.md).',
  ],
  blocks: true,
});

const RELEASES: Readonly<Record<string, string>> = { '12': 'bookworm', '13': 'trixie' };

/** Code name of the Debian that the image begins with; null where that is not to be seen. */
function debianRelease(bases: readonly NamedImage[]): string | null {
  for (const { reference } of bases) {
    const [, code, number = ''] =
      /(?:^|[:/-])(bookworm|trixie|sid)\b|(?:^|\/)debian:(\d+)/.exec(reference) ?? [];
    const release = code ?? RELEASES[number];
    if (release !== undefined) return release;
  }
  return null;
}
