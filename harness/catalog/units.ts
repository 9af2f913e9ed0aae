import { OCI_ARCHITECTURES, ociArchitecture, type Platform } from '../model/platform.ts';

const SIZE = /^([0-9]{1,12})(B|KiB|MiB|GiB|TiB)$/;
const DURATION = /^(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?$/;
const POWERS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Longest time that may be asked for; timers of Node end at 24.8 days. */
const MAX_SECONDS = 7 * 24 * 3600;
const MAX_BYTES = 1024 ** 5;

/** Bytes of `64MiB`; null for what is no size, is 0, or is beyond a pebibyte. */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text);
  if (match === null) return null;
  const bytes = Number(match[1]) * 1024 ** POWERS.indexOf(match[2] ?? '');
  return bytes > 0 && bytes <= MAX_BYTES ? bytes : null;
}

/** Seconds of `90s`, `15m` or `1h30m`; null for what is no duration, is 0, or is longer than a week. */
export function parseDuration(text: string): number | null {
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) return null;
  const [hours, minutes, seconds] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const total = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return total > 0 && total <= MAX_SECONDS ? total : null;
}

/**
 * Reads `linux/arm64/v8` (OCI image-spec, image-index.md, `platform`).
 * @returns the platform, or a sentence that says what is wrong with it
 */
export function parseBuildPlatform(text: string): Platform | string {
  const [os = '', architecture = '', variant, ...more] = text.split('/');
  if (architecture === '' || more.length > 0 || variant === '')
    return 'write it as os/architecture[/variant], such as linux/amd64';
  if (os !== 'linux') return 'only linux images can be built here';
  if (!OCI_ARCHITECTURES.includes(architecture)) {
    const known = ociArchitecture(architecture.toLowerCase());
    if (OCI_ARCHITECTURES.includes(known)) return `OCI calls this architecture "${known}"`;
    return `the architecture must be one of ${OCI_ARCHITECTURES.join(', ')}`;
  }
  if (variant === undefined) return { os, architecture };
  return /^v[0-9]{1,2}$/.test(variant) ? { os, architecture, variant } : 'a variant looks like v8';
}
