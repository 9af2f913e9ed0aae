import { TwinproofError } from '../../errors.ts';

/** What a boot loader may start: one entry of the Boot Loader Specification, type 1. */
export interface BootEntry {
  title: string;
  version: string;
  /** Paths as the boot loader sees them, from the file system that holds `loader/`. */
  kernel: string;
  initrd: string;
  commandLine: string;
}

const MAX_ENTRY = 65_536;

/**
 * Reads an entry. Source: uapi-group.org, Boot Loader Specification, "Type #1 Boot Loader Specification Entries".
 * @param where for errors
 * @throws TwinproofError `image-invalid` when it names no kernel or initrd
 */
export function parseBootEntry(text: string, where: string): BootEntry {
  const fields = new Map<string, string[]>();
  for (const line of text.slice(0, MAX_ENTRY).split(/\r?\n/)) {
    const [, key, value] = /^\s*([a-z-]+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    fields.set(key, [...(fields.get(key) ?? []), value]);
  }
  const one = (key: string): string => fields.get(key)?.at(-1) ?? '';
  // Options given more than once are joined; so would be initrds, which QEMU takes only one of.
  const initrds = fields.get('initrd') ?? [];
  const entry = {
    title: one('title'),
    version: one('version'),
    kernel: safePath(one('linux'), where),
    initrd: safePath(initrds[0] ?? '', where),
    commandLine: (fields.get('options') ?? []).join(' '),
  };
  if (initrds.length > 1)
    throw new TwinproofError('unsupported', 'a boot entry with several initrds', { where });
  return entry;
}

/** The path goes into a command of debugfs. */
function safePath(path: string, where: string): string {
  if (/^\/[\w./+~:@=-]+$/.test(path) && !path.split('/').includes('..')) return path;
  throw new TwinproofError('image-invalid', 'a boot entry without a proper path to kernel and initrd', {
    where,
  });
}

/** Newest first, the order in which boot loaders show them. */
export function sortBootEntries(entries: BootEntry[]): BootEntry[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return [...entries].sort((a, b) => collator.compare(b.version, a.version));
}
