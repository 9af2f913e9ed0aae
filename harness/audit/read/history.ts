import type { Fact, Field } from './types.ts';

/** Folders in which Konflux' build task puts `labels.json` and `content-sets.json`, after all that the Containerfile says. */
const FILE = /^COPY (?:file|multi):\S+ in (\/(?:usr\/share|root)\/buildinfo\/\S+)$/;
const LABELS = /^LABEL (.+)$/;
/** `"name"="value"`, as buildah writes the labels that it was given. */
const PAIR = /"((?:[^"\\]|\\.)*)"="((?:[^"\\]|\\.)*)"/g;
const ENVIRONMENT = /\/bin\/sh -c \. (\/cachi2\/cachi2\.env) &&/;

/**
 * What a build task of Konflux wrote into an image beyond its Containerfile, as the history tells: its files and labels
 * are the last entries, those of base images come earlier. A squashed image, or one without a history, tells nothing.
 * @param history what each entry was created by, the first one first
 */
export function readHistory(history: readonly string[]): Fact[] {
  const facts: Fact[] = [];
  const fact = (field: Field, value: Fact['value'], index: number): void =>
    void facts.push({ field, value, from: { kind: 'history', entry: index + 1 } });
  const said = history.map(instruction);
  const lastOther = said.findLastIndex((text) => !FILE.test(text) && !LABELS.test(text));
  const files = said.flatMap((text, index) => (index > lastOther ? (FILE.exec(text)?.[1] ?? []) : []));
  const firstFile = said.findIndex((text, index) => index > lastOther && FILE.test(text));
  if (files.length > 0) fact('injectedFiles', files, firstFile);
  const lastFile = said.findLastIndex((text) => FILE.test(text));
  const labels = said.findLastIndex(
    (text, index) => index > Math.max(lastOther, lastFile) && LABELS.test(text),
  );
  const pairs = [...(LABELS.exec(said[labels] ?? '')?.[1] ?? '').matchAll(PAIR)];
  if (files.length > 0 && pairs.length > 0)
    fact(
      'injectedLabels',
      pairs.map(([, name = '', value = '']) => `${name}=${value}`),
      labels,
    );
  const sourced = history.findLastIndex((text) => ENVIRONMENT.test(text));
  if (sourced >= 0) fact('environmentFile', ENVIRONMENT.exec(history[sourced] ?? '')?.[1] ?? '', sourced);
  return facts;
}

const instruction = (text: string): string => text.replace(/^\/bin\/sh -c #\(nop\) +/, '').trim();
