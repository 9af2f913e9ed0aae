import type { Instruction } from '../compare/types.ts';
import { belongsToDatabase } from '../packages/registry.ts';
import type { Unowned } from './types.ts';

/** Files that programs of packages make while they are installed, by what makes them. */
const GENERATED = [
  // ldconfig
  /^etc\/ld\.so\.cache$/,
  // passwd, useradd, adduser, systemd-sysusers
  /^etc\/(?:passwd|group|shadow|gshadow|subuid|subgid)-?$/,
  // update-alternatives and alternatives
  /^etc\/alternatives\//,
  // Debian's ca-certificates, Fedora's update-ca-trust
  /^etc\/ssl\/certs\//,
  /^etc\/pki\/(?:ca-trust\/extracted|tls\/certs)\//,
  // localedef, iconvconfig, update-mime-database, fc-cache, install-info, glib-compile-schemas, gdk-pixbuf
  /^usr\/lib\/locale\/(?:locale-archive|[^/]+\/)/,
  /(?:^|\/)gconv-modules\.cache$/,
  /^usr\/share\/(?:mime\/|info\/dir$|icons\/[^/]+\/icon-theme\.cache$|glib-2\.0\/schemas\/gschemas\.compiled$)/,
  // depmod, and initramfs generators
  /^(?:usr\/)?lib\/modules\/[^/]+\/modules\.[^/]+$/,
  /^boot\/init(?:rd\.img|ramfs)-[^/]+$/,
  /^usr\/lib\/sysimage\/libdnf5?\//,
];

/** Links that `systemctl enable` and `preset` make; a unit that is a file was put there by somebody. */
const ENABLED = /^etc\/systemd\/(?:system|user)\/(?:[^/]+\.(?:wants|requires|upholds)\/)?[^/]+$/;

/** Python compiles modules where it finds them; whether one is owned is asked of its source. */
const BYTECODE = /^(.*\/)?__pycache__\/([^/]+)\.cpython-[^/]*\.pyc$/;

/** What decides why a file is there, beside its path. */
export interface FileFacts {
  isSymlink: boolean;
  isExecutable: boolean;
  /** Of the layer that it is from. */
  instruction: Instruction | null;
  /** Whether that layer changes a package database. */
  withDatabase: boolean;
  /** Of another path. */
  isOwned: (path: string) => boolean;
  /** Where a symbolic link leads to; null for all else and for one that leads nowhere. */
  target: string | null;
}

/** `COPY …`, `ADD …` as BuildKit writes it, `/bin/sh -c #(nop) COPY …` as Docker and buildah do. */
const COPIES = /^(?:\/bin\/sh -c #\(nop\) )?(?:COPY|ADD)\s/;

/** Why a file that no package owns is there. @param path without a leading slash */
export function whyUnowned(path: string, facts: FileFacts): Unowned {
  if (belongsToDatabase(path)) return 'database';
  if (GENERATED.some((pattern) => pattern.test(path))) return 'generated';
  if (facts.isSymlink && ENABLED.test(path)) return 'generated';
  const [, folder = '', module = ''] = BYTECODE.exec(path) ?? [];
  if (module !== '' && facts.isOwned(`${folder}${module}.py`)) return 'generated';
  if (facts.target?.startsWith('etc/alternatives/') === true) return 'generated';
  if (!facts.withDatabase && COPIES.test(facts.instruction?.createdBy ?? '')) return 'copied';
  if (path.startsWith('etc/') && !facts.isExecutable) return 'configuration';
  if (path.startsWith('var/') && !facts.isExecutable) return 'state';
  return 'dark';
}
