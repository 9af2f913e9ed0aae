import { isCommit } from './facts.ts';
import type { Fact, Field } from './types.ts';

type Read = (text: string) => string | null;
const asIs: Read = (text) => (text === '' ? null : text);
const seconds: Read = (text) => (/^\d{9,11}$/.test(text) ? text : null);

/** Labels that say how an image was made. */
const LABELS: readonly [name: string, field: Field, read: Read][] = [
  ['org.opencontainers.image.source', 'repository', asIs],
  ['org.opencontainers.image.revision', 'commit', asIs],
  ['vcs-ref', 'commit', asIs],
  ['io.hummingbird-project.containerfile', 'containerfile', asIs],
  ['io.buildah.version', 'toolVersion', asIs],
];

/** Hummingbird's `release` is the source date epoch; elsewhere it is any number. */
const HUMMINGBIRD = 'io.hummingbird-project.';

/** What the labels of an image say; they suffice for a rebuild where there is no provenance. */
export function readLabels(labels: Readonly<Record<string, string>>): Fact[] {
  const isHummingbird = Object.keys(labels).some((name) => name.startsWith(HUMMINGBIRD));
  const known: typeof LABELS = isHummingbird ? [...LABELS, ['release', 'sourceDateEpoch', seconds]] : LABELS;
  const facts = known.flatMap(([name, field, read]) => {
    const value = Object.hasOwn(labels, name) ? read(labels[name] ?? '') : null;
    return value === null ? [] : [{ field, value, from: { kind: 'label' as const, name } }];
  });
  // The first counts, and of two that say the same the one that says it in full.
  const isShort = ({ field, value }: Fact): number => Number(field === 'commit' && !isCommit(String(value)));
  return facts.sort((a, b) => isShort(a) - isShort(b));
}
