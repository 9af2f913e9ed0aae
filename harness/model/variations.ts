/** Ids of the ways in which the environments of twins can differ on purpose (docs/variations.md), in the order of reports. */
export const VARIATIONS = [
  'clock',
  'hostname',
  'timezone',
  'locale',
  'umask',
  'home',
  'user',
  'cpus',
  'aslr',
  'kernel',
  'directory-order',
  'build-path',
  'path',
  'environment',
  'tmpdir',
  'terminal',
  'memory',
  'order',
] as const;
export type Variation = (typeof VARIATIONS)[number];
