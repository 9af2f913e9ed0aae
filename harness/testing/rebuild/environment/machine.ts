import type { BuildHost } from '../../../rebuild/environment/types.ts';

/** A machine on which every variation can be applied. */
export const ableMachine: BuildHost = {
  cpus: [0, 1, 2, 3],
  noRuntime: null,
  fixedAddresses: true,
  kernel: '6.1.0-40-amd64',
  oldKernel: '2.6.61-40-amd64',
  faketime: '/usr/lib/faketime.so.1',
  disorder: true,
  locales: { folder: '/locales', names: ['C.UTF-8', 'et_EE.UTF-8'] },
  buildah: ['omit-history'],
};

/** One on which none can that needs anything of the engine or the builder. */
export const poorMachine: BuildHost = {
  cpus: [0],
  noRuntime: 'the builder has no crun',
  fixedAddresses: false,
  kernel: '6.1.0-40-amd64',
  oldKernel: null,
  faketime: null,
  disorder: false,
  locales: null,
  buildah: [],
};
