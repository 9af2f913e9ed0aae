import type { Format } from './format.ts';
import { ar } from './formats/ar.ts';
import { elf } from './formats/elf.ts';
import { gzip } from './formats/gzip.ts';
import { tar } from './formats/tar.ts';
import { text } from './formats/text.ts';

/** In the order in which they are asked: the surest magic first, text last. */
export const FORMATS: readonly Format[] = [elf, gzip, ar, tar, text];
