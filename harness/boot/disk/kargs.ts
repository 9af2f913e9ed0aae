import { parse } from 'smol-toml';
import { z } from 'zod';
import { TwinproofError } from '../../errors.ts';
import { compareText } from '../../model/text-order.ts';

/** Files in which an image says what bootc adds to the kernel's command line. Source: bootc 1.16, "Kernel arguments". */
export const KARGS_FOLDER = /^usr\/lib\/bootc\/kargs\.d\/[^/]+\.toml$/;
const ARCHITECTURE = 'x86_64';

/** bootc refuses what it does not know. */
const FILE = z.strictObject({
  kargs: z.array(z.string()),
  'match-architectures': z.array(z.string()).optional(),
});

/**
 * Arguments for the kernel that bootc would take from an image.
 * @param files content by path; bootc goes by the order of their names
 * @throws TwinproofError `unsupported` when one has a form that is not read here: what it says is not known then
 */
export function bootcArguments(files: ReadonlyMap<string, Uint8Array>): string[] {
  const sorted = [...files].sort(([a], [b]) => compareText(a, b));
  return sorted.flatMap(([path, bytes]) => {
    const { kargs, 'match-architectures': machines } = fileOf(Buffer.from(bytes).toString('utf8'), path);
    return machines === undefined || machines.includes(ARCHITECTURE) ? kargs : [];
  });
}

function fileOf(text: string, path: string): z.infer<typeof FILE> {
  try {
    return FILE.parse(parse(text));
  } catch (cause) {
    const message = 'a file with arguments for the kernel has a form that is not read here';
    throw new TwinproofError('unsupported', message, {
      where: path,
      hint: 'kargs = ["name=value"] and match-architectures = ["x86_64"], each once',
      cause,
    });
  }
}
