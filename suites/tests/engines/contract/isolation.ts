import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { type Check, printed, script } from './types.ts';

const MIB = 1024 ** 2;
/** Refuses one system call with a code that nothing else gives for it: EXDEV. */
const NO_MKDIR = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 18 }],
});
/** Capability sets of capabilities(7); CAP_CHOWN is bit 0. */
const EFFECTIVE = `awk '$1 == "CapEff:" { print $2 }' /proc/self/status`;
const MOUNT = 'mkdir /s/m && mount -t tmpfs tmpfs /s/m';
const MAY_MOUNT = { capabilities: ['SYS_ADMIN'], scratch: { '/s': {} } };

export const isolation: Check[] = [
  {
    name: 'there is no network but loopback',
    check: async (place) => {
      assert.equal(await printed(place, 'ls /sys/class/net 2> /dev/null || true'), 'lo');
      assert.equal(await printed(place, "awk 'NR > 1' /proc/net/route"), '');
    },
  },
  {
    name: 'the root is read-only',
    check: async (place) => {
      assert.notEqual((await script(place, 'touch /x')).exitCode, 0);
      assert.notEqual((await script(place, 'touch /usr/x', { capabilities: ['DAC_OVERRIDE'] })).exitCode, 0);
    },
  },
  {
    name: 'capabilities are those that were asked for',
    check: async (place) => {
      assert.equal(BigInt(`0x${await printed(place, EFFECTIVE)}`), 0n);
      assert.equal(BigInt(`0x${await printed(place, EFFECTIVE, { capabilities: ['CHOWN'] })}`), 1n);
    },
  },
  {
    name: 'system calls are those of the profile',
    check: async (place) => {
      const scratch = { '/s': {} };
      assert.equal((await script(place, 'mkdir /s/d', { scratch })).exitCode, 0);
      const { exitCode, stderr } = await script(place, 'mkdir /s/d', { scratch, seccomp: NO_MKDIR });
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /cross-device/i);
    },
  },
  {
    name: 'mounts need the capability, and work with it',
    check: async (place) => {
      assert.equal((await script(place, MOUNT, { ...MAY_MOUNT, unconfined: true })).exitCode, 0);
      assert.notEqual((await script(place, MOUNT, { scratch: { '/s': {} }, unconfined: true })).exitCode, 0);
    },
  },
  {
    name: 'all of /proc is shown only when asked',
    check: async (place) => {
      const masked = `awk '$2 ~ "^/proc/"' /proc/mounts`;
      assert.notEqual(await printed(place, masked), '');
      assert.equal(await printed(place, masked, { wholeProc: true }), '');
    },
  },
  {
    name: 'devices of the host are there only when asked',
    needs: 'devices',
    check: async (place) => {
      assert.ok(existsSync('/dev/fuse'), 'this host has no /dev/fuse');
      assert.notEqual((await script(place, 'test -c /dev/fuse')).exitCode, 0);
      assert.equal((await script(place, 'test -c /dev/fuse', { devices: ['/dev/fuse'] })).exitCode, 0);
    },
  },
  {
    name: 'memory is limited',
    needs: 'limits',
    check: async (place) => {
      const take = (bytes: number) => `python3 -c 'len(bytearray(b"x") * ${bytes})'`;
      const limits = { memory: 64 * MIB, processes: 64 };
      assert.equal((await script(place, take(16 * MIB), { limits })).exitCode, 0);
      assert.notEqual((await script(place, take(256 * MIB), { limits })).exitCode, 0);
    },
  },
  {
    name: 'the number of processes is limited',
    needs: 'limits',
    check: async (place) => {
      const many = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 3 > /dev/null 2>&1 & done';
      assert.equal((await script(place, many)).exitCode, 0);
      const { exitCode } = await script(place, many, { limits: { memory: 64 * MIB, processes: 12 } });
      assert.notEqual(exitCode, 0);
    },
  },
  {
    name: 'host name, variables, user and resolver are those that were asked for',
    check: async (place) => {
      const asked = 'uname -n; echo "$WORD"; id -u';
      const spec = { hostname: 'builder-7', environment: { WORD: 'a "b" $c' }, user: '1234:0' };
      assert.equal(await printed(place, asked, spec), 'builder-7\na "b" $c\n1234');
      // Without the file it is the same address (resolv.conf(5)).
      const file =
        'if [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf; else echo nameserver 127.0.0.1; fi';
      const servers = `${file} | awk '$1 == "nameserver" { print $2 }'`;
      assert.equal(await printed(place, servers, { resolver: '127.0.0.1' }), '127.0.0.1');
    },
  },
];
