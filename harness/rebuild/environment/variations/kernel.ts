import type { VariationSpec } from '../types.ts';

/** What `uname -r` says: the truth, and that it is a Linux 2.6 (setarch(8), `--uname-2.6`). */
export const kernel: VariationSpec = ({ index, machine }) => {
  if (machine.oldKernel === null)
    return { notApplied: 'the engine does not let builds claim another kernel' };
  return index % 2 === 0
    ? { value: machine.kernel, markers: [machine.kernel], settings: {} }
    : {
        value: machine.oldKernel,
        markers: [machine.oldKernel],
        settings: { personality: ['--uname-2.6'] },
      };
};
