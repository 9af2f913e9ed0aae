import type { Format } from './format.ts';
import { ar } from './formats/ar.ts';
import { pem, x509 } from './formats/certificates.ts';
import { javaClass } from './formats/class.ts';
import { bzip2, lz4, lz4Legacy, xz, zstd } from './formats/compressed.ts';
import { cpio } from './formats/cpio.ts';
import { der } from './formats/der.ts';
import { elf } from './formats/elf.ts';
import { filesystems } from './formats/filesystems.ts';
import { gcov } from './formats/gcov.ts';
import { gettext } from './formats/gettext.ts';
import { gzip } from './formats/gzip.ts';
import { jks } from './formats/jks.ts';
import { json } from './formats/json.ts';
import { auxCache, ldCache } from './formats/ldconfig.ts';
import { lzop } from './formats/lzop.ts';
import { pe } from './formats/pe.ts';
import { png } from './formats/png.ts';
import { pyc } from './formats/pyc.ts';
import { rpm, rpmHeader } from './formats/rpm.ts';
import { sqlite, sqliteWal } from './formats/sqlite.ts';
import { tar } from './formats/tar.ts';
import { text } from './formats/text.ts';
import { uimage } from './formats/uimage.ts';
import { verity } from './formats/verity.ts';
import { prefixedZip, zip } from './formats/zip.ts';

/** In the order in which they are asked: the surest magic first, text last. */
export const FORMATS: readonly Format[] = [
  elf,
  pe,
  gzip,
  xz,
  zstd,
  bzip2,
  lz4,
  lz4Legacy,
  lzop,
  zip,
  ar,
  rpm,
  sqlite,
  sqliteWal,
  cpio,
  pyc,
  png,
  gcov,
  gettext,
  jks,
  auxCache,
  ldCache,
  javaClass,
  uimage,
  verity,
  ...filesystems,
  tar,
  prefixedZip,
  x509,
  der,
  rpmHeader,
  pem,
  json,
  text,
];
