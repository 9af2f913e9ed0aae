import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';
import { KARGS_FOLDER, bootcArguments } from '../disk/kargs.ts';
import { splitArguments } from '../update/kernel-arguments.ts';

/** How an image says what is added to the kernel's command line when it is installed, and when it is updated to. */
export interface CommandLine {
  /**
   * The arguments, in order.
   * @throws TwinproofError `image-invalid`, or `unsupported` for a form that is not read here
   */
  of(image: OciImage): Promise<string[]>;
  /** A file, by its path, that a layer over the image must have for one more argument. */
  withArgument(image: OciImage, argument: string): Promise<[path: string, content: string]>;
}

/** Bytes; x86 takes 2048. */
const LONGEST = 4096;

/** All of them are in one file, with blanks between. @param path without a leading slash */
export function inOneFile(path: string): CommandLine {
  const of = async (image: OciImage): Promise<string[]> => {
    const found = await readFiles(image, (each) => each === path, { fileBytes: LONGEST });
    return splitArguments(Buffer.from(found.get(path) ?? []).toString('utf8'));
  };
  return {
    of,
    withArgument: async (image, argument) => [path, `${[...(await of(image)), argument].join(' ')}\n`],
  };
}

/** A folder of files that bootc reads. Source: bootc 1.16, "Kernel arguments". */
export const inKargsFolder: CommandLine = {
  of: async (image) => {
    const files = await readFiles(image, (path) => KARGS_FOLDER.test(path), { fileBytes: LONGEST });
    return bootcArguments(files).flatMap(splitArguments);
  },
  withArgument: (_image, argument) =>
    Promise.resolve(['usr/lib/bootc/kargs.d/90-twinproof.toml', `kargs = ${JSON.stringify([argument])}\n`]),
};
