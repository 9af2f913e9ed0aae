/**
 * The fewest that buildah works with: SYS_ADMIN for its mounts, the rest because RUN instructions get them by
 * default (containers-common, `default_capabilities`).
 */
export const BUILD_CAPABILITIES = [
  'SYS_ADMIN',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'AUDIT_WRITE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
