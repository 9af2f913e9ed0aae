/** The axes on which the environments of twins can differ on purpose (design.md, "variation"). */
export const AXES = [
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
export type Axis = (typeof AXES)[number];

/** One axis of one twin's environment. */
export interface AppliedAxis {
  axis: Axis;
  /** What it was set to, for people and for repeating it. */
  value: string;
  /** Texts that stand nowhere else: one of them in an image means that the axis leaked into it. */
  planted: string[];
  /** Why it could not be applied on this machine; absent when it was. */
  notApplied?: string;
}

/** In what a twin was built. Axes that are not listed were as they always are. */
export interface Environment {
  /** `A`, `B` … */
  twin: string;
  axes: AppliedAxis[];
}
