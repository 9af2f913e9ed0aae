import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Subject } from '../../catalog/types.ts';
import { readLock } from '../../lock/parse.ts';
import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';
import type { Chosen } from '../choose.ts';
import type { Places } from '../places.ts';
import { INJECTED_PATHS, copiedTo, injectedFault, injectedText, isSourced } from './injected-files.ts';
import type { Injections, Lack, Plan } from './types.ts';

/** Bytes of one such file. */
const MAX_FILE = 2 ** 20;

/**
 * The plan with what the build task of Konflux adds: files of the published image in the context, each held against what it
 * must say, and the Containerfile as the task changes it, beside the source.
 * @param scratch an empty folder
 * @throws TwinproofError image-invalid
 */
export async function withInjections(
  plan: Plan,
  one: Chosen,
  { places, scratch }: { places: Pick<Places, 'published'>; scratch: string },
): Promise<{ plan: Plan } | { lacks: Lack[] }> {
  const { subject, injections } = plan;
  const { recipe } = subject;
  if (recipe.kind !== 'containerfile' || (!injections.files && !injections.prefetched)) return { plan };
  const image = await places.published(one);
  try {
    const text = await readFile(recipe.containerfile, 'utf8');
    const known = {
      labels: one.image.labels,
      containerfile: text,
      repositories: await repositoriesOf(subject),
    };
    const { copied, sourced, files } = await injectedInto(image, injections);
    const lacks: Lack[] = [...files].flatMap(([path, bytes]) => {
      const fault = injectedFault(INJECTED_PATHS.get(path) ?? '', bytes, known);
      return fault === null ? [] : [{ code: 'unsupported', what: `/${path}, which Konflux wrote, ${fault}` }];
    });
    if (lacks.length > 0) return { lacks };
    if (copied.length === 0 && !sourced) return { plan };
    for (const [path, bytes] of files)
      await writeFile(join(recipe.context, INJECTED_PATHS.get(path) ?? ''), bytes, { mode: 0o644 });
    const containerfile = join(scratch, 'Containerfile');
    await mkdir(dirname(containerfile), { recursive: true });
    await writeFile(containerfile, injectedText(text, copied, sourced));
    const prefetch = sourced ? { prefetch: await nothingMore(scratch) } : {};
    const told = [
      ...copied.map((path) => `/${path} is the one of the published image, and says what the recipe says`),
    ];
    return {
      plan: {
        ...plan,
        subject: { ...subject, ...prefetch, recipe: { ...recipe, containerfile } },
        notes: [
          ...plan.notes,
          ...told,
          ...(sourced ? ['RUN instructions read /cachi2/cachi2.env first'] : []),
        ],
      },
    };
  } finally {
    await image.close();
  }
}

/** What the build added to this image, by its history and what is there. */
async function injectedInto(
  image: OciImage,
  { files: wanted, prefetched }: Injections,
): Promise<{ copied: string[]; sourced: boolean; files: Map<string, Uint8Array> }> {
  const history = historyOf(image);
  const there = wanted
    ? await readFiles(image, (path) => INJECTED_PATHS.has(path), { fileBytes: MAX_FILE })
    : new Map<string, Uint8Array>();
  const copied = wanted ? copiedTo(history, new Set(there.keys())) : [];
  const files = new Map([...there].filter(([path]) => copied.includes(path)));
  return { copied, sourced: prefetched && isSourced(history), files };
}

function historyOf({ config }: OciImage): string[] {
  const { history } = config.json;
  if (!Array.isArray(history)) return [];
  return history.map((entry) => {
    const step = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry.created_by : '';
    return typeof step === 'string' ? step : '';
  });
}

async function repositoriesOf({ lock }: Subject): Promise<Set<string>> {
  if (lock === null) return new Set();
  const { arches } = await readLock(lock.path);
  return new Set(arches.flatMap((arch) => [...arch.packages, ...arch.source].map(({ repoid }) => repoid)));
}

/** Hermeto's output for a lock of packages: nothing besides these, and no variables. */
async function nothingMore(scratch: string): Promise<NonNullable<Subject['prefetch']>> {
  const [output, environment] = [join(scratch, 'output'), join(scratch, 'cachi2.env')];
  await mkdir(output, { recursive: true });
  await writeFile(environment, '');
  return { output, environment };
}
