import { z } from 'zod';
import { TwinproofError } from '../../errors.ts';
import { quote } from '../../lock/quote.ts';

const text = z.string().max(4096);
const entry = z.object({
  name: text,
  evr: text,
  repoid: text,
  location: text,
  base: text,
  size: z.int().min(0),
  checksum: text,
  sourcerpm: text,
});
const answer = z.union([
  z.object({
    packages: z.array(entry),
    source: z.array(entry),
    modular: z.array(text),
    warnings: z.array(text),
  }),
  z.object({ missing: z.array(text).min(1) }),
  z.object({ problem: z.string() }),
]);

/** Characters of dnf's explanation that are shown. */
const MAX_PROBLEM = 1000;

export type ResolvedEntry = z.infer<typeof entry>;
export type Resolved = Extract<z.infer<typeof answer>, { packages: unknown }>;

/**
 * What resolve.py answered.
 * @param where the input file
 * @throws TwinproofError lock-invalid for what dnf cannot resolve, unsupported when it did not get so far
 */
export function readAnswer(stdout: string, stderr: string, where: string): Resolved {
  const parsed = answer.safeParse(parseLast(stdout));
  if (!parsed.success) {
    const reason = stderr.trimEnd().split('\n').at(-1) ?? '';
    throw new TwinproofError('unsupported', `dnf did not answer in the builder: ${quote(reason)}`, {
      where,
      hint: 'the builder needs python3, dnf 4 and its Python module',
    });
  }
  if ('missing' in parsed.data) {
    const names = parsed.data.missing.map((name) => quote(name)).join(', ');
    throw new TwinproofError('lock-invalid', `no repository has ${names}`, {
      where,
      hint: 'check the names, the repositories and the modules that are enabled',
    });
  }
  if ('problem' in parsed.data) {
    const problem = quote(parsed.data.problem.trim().replaceAll(/\s*\n\s*/g, '; '), MAX_PROBLEM).slice(1, -1);
    throw new TwinproofError('lock-invalid', `dnf cannot resolve it: ${problem}`, { where });
  }
  return parsed.data;
}

function parseLast(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return null;
  }
}
