import { TwinproofError } from '../../errors.ts';
import { type BootEntry, parseBootEntry } from './boot-entries.ts';

/** Files of this kind have a few lines an entry. */
const MAX_MENU = 65_536;

/** What the lines of an entry are called in an entry of the Boot Loader Specification. */
const KEYS = new Map([
  ['KERNEL', 'linux'],
  ['INITRD', 'initrd'],
  ['APPEND', 'options'],
]);

/**
 * Reads a menu as ostree writes it for syslinux, what is started without a choice first.
 * Source: ostree 2022.7, src/libostree/ostree-bootloader-syslinux.c; GRUB 2.06, grub-core/lib/syslinux_parse.c.
 * @param where its path
 * @throws TwinproofError `image-invalid` when it starts nothing by itself, or an entry names no kernel or initrd
 */
export function parseSyslinuxMenu(text: string, where: string): BootEntry[] {
  const menu = text.slice(0, MAX_MENU);
  const [, ...blocks] = menu.split(/^LABEL /m);
  const entries = blocks.map((block) => parseLabel(block, where));
  const first = /^DEFAULT (.+)$/m.exec(menu)?.[1];
  const chosen = entries.filter(({ title }) => title === first);
  if (chosen.length === 0)
    throw new TwinproofError('image-invalid', 'a boot menu without a choice', { where });
  return [...chosen, ...entries.filter((entry) => !chosen.includes(entry))];
}

function parseLabel(block: string, where: string): BootEntry {
  const [title = '', ...lines] = block.split('\n');
  const known = lines.flatMap((line) => {
    const [, key = '', value = ''] = /^\s+([A-Z]+) (.*)$/.exec(line) ?? [];
    const name = KEYS.get(key);
    return name === undefined ? [] : [`${name} ${value}`];
  });
  return { ...parseBootEntry([`title ${title}`, ...known].join('\n'), where), name: title };
}
