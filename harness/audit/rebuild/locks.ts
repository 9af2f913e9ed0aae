import { dirname, join, relative } from 'node:path';
import { insideRoot } from '../../catalog/paths.ts';
import type { Subject } from '../../catalog/types.ts';
import { readExactJson } from '../../attest/exact-json.ts';
import { lockFile, lockFormats } from '../../lock/format.ts';
import { JsonPlace } from '../read/place.ts';
import type { Lack } from './types.ts';

interface Asked {
  /** Absolute and real. */
  root: string;
  containerfile: string;
  /** Konflux' `prefetch-input`; null where there is none. */
  prefetch: string | null;
}

/** The lock that a build's packages come from: where `prefetch-input` says, else beside the Containerfile. */
export async function lockFor(asked: Asked): Promise<{ lock: Subject['lock']; lacks: Lack[] }> {
  const wanted = asked.prefetch === null ? null : prefetched(asked.prefetch);
  if (wanted !== null && 'fault' in wanted)
    return { lock: null, lacks: [{ code: 'recipe-incomplete', what: wanted.fault }] };
  const lacks: Lack[] = [];
  const found: NonNullable<Subject['lock']>[] = [];
  for (const { type, path } of wanted?.inputs ?? []) {
    const format = lockFormats().find(({ hermeto }) => hermeto === type);
    if (format === undefined) {
      const what = `packages of the type ${type.slice(0, 50)} are fetched by Hermeto, which does not run here`;
      lacks.push({ code: 'unsupported', what });
      continue;
    }
    const inside = await insideRoot(asked.root, join(path, lockFile(format)), 'file');
    if ('path' in inside) found.push({ path: inside.path, kind: format.kind });
    else
      lacks.push({
        code: 'recipe-incomplete',
        what: `the lock ${join(path, lockFile(format))} ${inside.fault}`,
      });
  }
  if (found.length > 1)
    lacks.push({ code: 'unsupported', what: `${found.length} locks are asked for; one is read` });
  return { lock: found[0] ?? (await lockBeside(asked)), lacks };
}

async function lockBeside({ root, containerfile }: Asked): Promise<Subject['lock']> {
  const folder = relative(root, dirname(containerfile));
  for (const format of lockFormats()) {
    for (const path of [join(folder, lockFile(format)), join(folder, format.stem, lockFile(format))]) {
      const inside = await insideRoot(root, path, 'file');
      if ('path' in inside) return { path: inside.path, kind: format.kind };
    }
  }
  return null;
}

/** `rpm`, `{ "type": "rpm", "path": "." }`, a list of these, or `{ "packages": [...] }`. */
function prefetched(text: string): { inputs: { type: string; path: string }[] } | { fault: string } {
  if (/^[a-z]+$/.test(text)) return { inputs: [{ type: text, path: '.' }] };
  const read = readExactJson(Buffer.from(text));
  if ('fault' in read) return { fault: `prefetch-input ${read.fault}` };
  const place = new JsonPlace(read.value);
  const packages = place.at('packages').items();
  const all = packages.length > 0 ? packages : Array.isArray(read.value) ? place.items() : [place];
  const inputs = all.map((one) => ({ type: one.at('type').text ?? '', path: one.at('path').text ?? '.' }));
  return inputs.some(({ type }) => type === '')
    ? { fault: 'prefetch-input has an entry without a type' }
    : { inputs };
}
