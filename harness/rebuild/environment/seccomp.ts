/** Linux clone(2) flag: a new user namespace. */
const CLONE_NEWUSER = 0x10000000;

/** What needs a namespace of its own or a mount; builds by Containerfile do it, commands have no business with it. */
const NAMESPACES = [
  'fsconfig',
  'fsmount',
  'fsopen',
  'fspick',
  'mount',
  'mount_setattr',
  'move_mount',
  'open_tree',
  'setns',
  'umount',
  'umount2',
  'unshare',
];

/** Calls that reach beyond a container or have been ways out of one; no build needs them. */
const REFUSED = [
  'acct',
  'add_key',
  'bpf',
  'clock_adjtime',
  'clock_settime',
  'create_module',
  'delete_module',
  'finit_module',
  'init_module',
  'io_uring_enter',
  'io_uring_register',
  'io_uring_setup',
  'ioperm',
  'iopl',
  'kcmp',
  'kexec_file_load',
  'kexec_load',
  'keyctl',
  'lookup_dcookie',
  'move_pages',
  'nfsservctl',
  'open_by_handle_at',
  'perf_event_open',
  'pivot_root',
  'process_vm_readv',
  'process_vm_writev',
  'query_module',
  'quotactl',
  'reboot',
  'request_key',
  'settimeofday',
  'swapoff',
  'swapon',
  'syslog',
  'userfaultfd',
  'vm86',
  'vm86old',
];

/** What a container's programs may do. */
export interface Rights {
  /** Make namespaces and mounts. */
  mayMount: boolean;
  /** Hand that right on: to containers in a user namespace, whose root must not only be moved but changed. */
  nested?: boolean;
}

const EPERM = 1;
const ENOSYS = 38;

/**
 * A seccomp profile for builds (Docker's format). The engine's own is stricter in one way that matters here: it lets
 * nobody switch address space randomisation off (personality(2)).
 */
export function seccompProfile({ mayMount, nested }: Rights): string {
  const refuse = (names: string[], errnoRet: number, more: object = {}): object => ({
    names,
    action: 'SCMP_ACT_ERRNO',
    errnoRet,
    ...more,
  });
  const newUser = { index: 0, value: CLONE_NEWUSER, valueTwo: CLONE_NEWUSER, op: 'SCMP_CMP_MASKED_EQ' };
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      refuse(nested === true ? REFUSED.filter((name) => name !== 'pivot_root') : REFUSED, EPERM),
      ...(mayMount
        ? []
        : [
            refuse(NAMESPACES, EPERM),
            refuse(['clone'], EPERM, { args: [newUser] }),
            // Its flags lie in memory, where a filter cannot see them; libc falls back to clone.
            refuse(['clone3'], ENOSYS),
          ]),
    ],
  });
}
