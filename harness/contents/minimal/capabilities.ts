/** Names by bit (linux/capability.h). */
const NAMES = [
  ...['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid'],
  ...['setpcap', 'linux_immutable', 'net_bind_service', 'net_broadcast', 'net_admin', 'net_raw'],
  ...['ipc_lock', 'ipc_owner', 'sys_module', 'sys_rawio', 'sys_chroot', 'sys_ptrace', 'sys_pacct'],
  ...['sys_admin', 'sys_boot', 'sys_nice', 'sys_resource', 'sys_time', 'sys_tty_config', 'mknod', 'lease'],
  ...['audit_write', 'audit_control', 'setfcap', 'mac_override', 'mac_admin', 'syslog', 'wake_alarm'],
  ...['block_suspend', 'audit_read', 'perfmon', 'bpf', 'checkpoint_restore'],
];

/**
 * What a file may do by the attribute `security.capability` (capabilities(7), "File capability extended attribute
 * versioning"): a magic number, then permitted and inheritable bits, the lower 32 first.
 * @returns null where it has none; one that cannot be read is one
 */
export function capabilityNames(value: Buffer | undefined): string | null {
  if (value === undefined) return null;
  if (value.length < 12) return 'a capability attribute that is cut off';
  const low = value.readUInt32LE(4);
  const high = value.length >= 20 ? value.readUInt32LE(12) : 0;
  const names = Array.from({ length: 64 }, (_, bit) => {
    const has = bit < 32 ? (low >>> bit) & 1 : (high >>> (bit - 32)) & 1;
    return has === 1 ? `cap_${NAMES[bit] ?? bit}` : '';
  }).filter((name) => name !== '');
  return names.length === 0 ? 'capabilities, none permitted' : names.join(', ');
}
