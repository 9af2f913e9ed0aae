import type { Format } from './format.ts';
import { ar } from './formats/ar.ts';
import { bzip2, xz, zstd } from './formats/compressed.ts';
import { cpio } from './formats/cpio.ts';
import { elf } from './formats/elf.ts';
import { gzip } from './formats/gzip.ts';
import { pyc } from './formats/pyc.ts';
import { rpm, rpmHeader } from './formats/rpm.ts';
import { sqlite, sqliteWal } from './formats/sqlite.ts';
import { tar } from './formats/tar.ts';
import { text } from './formats/text.ts';
import { zip } from './formats/zip.ts';

/** In the order in which they are asked: the surest magic first, text last. */
export const FORMATS: readonly Format[] = [
  elf,
  gzip,
  xz,
  zstd,
  bzip2,
  zip,
  ar,
  rpm,
  sqlite,
  sqliteWal,
  cpio,
  pyc,
  tar,
  rpmHeader,
  text,
];
