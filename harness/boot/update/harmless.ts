import type { MergedTree } from '../../oci/layers/tree.ts';

/**
 * Texts of which all defaults are built into the programs that read them, and greetings: a system comes up as well when
 * they hold nothing but a comment.
 */
const HARMLESS =
  /^etc\/(?:issue(?:\.net)?|motd|gai\.conf|host\.conf|e2scrub\.conf|deluser\.conf|xattr\.conf|systemd\/(?:journald|logind|system|user|networkd|resolved|timesyncd|pstore|sleep|coredump|oomd)\.conf)$/;

/** Files in an image's /etc that may be changed without consequence, in order of their names. */
export function harmlessConfigs(files: MergedTree['files']): string[] {
  return [...files]
    .filter(([path, { inode }]) => HARMLESS.test(path) && inode.type === 'file')
    .map(([path]) => path)
    .sort();
}
