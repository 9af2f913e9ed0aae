/**
 * Texts of which all defaults are built into the programs that read them, and greetings: a system comes up as well when
 * they hold nothing but a comment.
 */
const HARMLESS =
  /^etc\/(?:issue(?:\.net)?|motd|gai\.conf|host\.conf|e2scrub\.conf|deluser\.conf|xattr\.conf|systemd\/(?:journald|logind|system|user|networkd|resolved|timesyncd|pstore|sleep|coredump|oomd)\.conf)$/;

/** Of an image's files those in /etc that may be changed without consequence, in order of their names. */
export const harmlessConfigs = (paths: Iterable<string>): string[] =>
  [...paths].filter((path) => HARMLESS.test(path)).sort();
