import type { CompareOptions } from '../compare/types.ts';
import { type ExpectedEntry, toHaveEntry } from './matchers/entry.ts';
import { toRefuseWrite } from './matchers/refuse-write.ts';
import { toBeSameImage } from './matchers/same-image.ts';
import { toContainNoSetuid } from './matchers/setuid.ts';

export const MATCHERS = { toBeSameImage, toHaveEntry, toContainNoSetuid, toRefuseWrite };

/** What can be expected of images and booted systems, beside what Vitest has. All of them take time: `await` them. */
export interface ImageMatchers {
  /** The image is equal to another one at a rung of the ladder, `config` when not given. A failure shows the explained difference. */
  toBeSameImage(other: unknown, options?: Pick<CompareOptions, 'rung' | 'ignore'>): Promise<void>;
  /** The merged tree of the image has this path, with these attributes; others may be anything. */
  toHaveEntry(path: string, expected?: ExpectedEntry): Promise<void>;
  /** No file of the image's merged tree has the setuid bit. */
  toContainNoSetuid(): Promise<void>;
  /** The running system's kernel refuses root and users to create and change files in this folder. */
  toRefuseWrite(folder: string): Promise<void>;
}

declare module 'vitest' {
  // Vitest's own way to add matchers: an interface with these parameters, whatever one makes of them.
  /* eslint-disable @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars */
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends ImageMatchers {}
  /* eslint-enable @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars */
}
