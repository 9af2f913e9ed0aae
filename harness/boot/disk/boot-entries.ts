import { basename } from 'node:path';
import { TwinproofError } from '../../errors.ts';

/** What a boot loader may start: one entry of the Boot Loader Specification, type 1. */
export interface BootEntry {
  /** Of its file. */
  name: string;
  title: string;
  sortKey: string;
  version: string;
  /** Paths as the boot loader sees them, from the file system that holds `loader/`. */
  kernel: string;
  initrd: string;
  commandLine: string;
  /** Starts that are left before the loader gives it up, and those that there were; null where it does not count. */
  tries: { left: number; done: number } | null;
}

/** Where the boot loader on a disk does not say what it offers. */
export const ITS_CHOICE: BootEntry = {
  name: '',
  title: 'what the boot loader on the disk takes by itself',
  sortKey: '',
  version: '',
  kernel: '',
  initrd: '',
  commandLine: '',
  tries: null,
};

const MAX_ENTRY = 65_536;

/**
 * Reads an entry. Source: uapi-group.org, Boot Loader Specification, "Type #1 Boot Loader Specification Entries".
 * @param where its path
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
  const name = basename(where);
  const entry = {
    name,
    title: one('title'),
    sortKey: one('sort-key'),
    version: one('version'),
    kernel: safePath(one('linux'), where),
    initrd: safePath(initrds[0] ?? '', where),
    commandLine: (fields.get('options') ?? []).join(' '),
    tries: triesOf(name),
  };
  if (initrds.length > 1)
    throw new TwinproofError('unsupported', 'a boot entry with several initrds', { where });
  return entry;
}

/** `+LEFT` or `+LEFT-DONE` at the end of the name. Source: same, "Boot counting"; systemd 252, docs/AUTOMATIC_BOOT_ASSESSMENT.md. */
function triesOf(name: string): BootEntry['tries'] {
  const [, left, done] = /\+(\d{1,9})(?:-(\d{1,9}))?\.conf$/.exec(name) ?? [];
  return left === undefined ? null : { left: Number(left), done: Number(done ?? 0) };
}

/** The path goes into a command of debugfs. */
function safePath(path: string, where: string): string {
  if (/^\/[\w./+~:@=-]+$/.test(path) && !path.split('/').includes('..')) return path;
  throw new TwinproofError('image-invalid', 'a boot entry without a proper path to kernel and initrd', {
    where,
  });
}

/**
 * The order in which boot loaders show them: those that were given up last, those with a sort key first and in its order,
 * the newest of each first. Source: same, "Sorting"; systemd 252, src/boot/efi/boot.c, config_entry_compare().
 */
export function sortBootEntries(entries: BootEntry[]): BootEntry[] {
  const collator = new Intl.Collator('en', { numeric: true });
  const givenUp = ({ tries }: BootEntry): number => Number(tries?.left === 0);
  const unnamed = ({ sortKey }: BootEntry): number => Number(sortKey === '');
  return [...entries].sort(
    (a, b) =>
      givenUp(a) - givenUp(b) ||
      unnamed(a) - unnamed(b) ||
      (a.sortKey < b.sortKey ? -1 : Number(a.sortKey > b.sortKey)) ||
      collator.compare(b.version, a.version) ||
      collator.compare(b.name, a.name),
  );
}
