import { expect, test } from 'vitest';
import { file } from '../../testing/contents/contents.ts';
import {
  type Config,
  PASSWD,
  PKCS8,
  SHADOW_HASH,
  SHELL,
  capability,
  found,
  hard,
  link,
} from '../../testing/contents/minimal.ts';
import { elf, program } from '../../testing/contents/made-image.ts';
import type { TestEntry } from '../../testing/oci/tar/tar.ts';

/** Images that try to look minimal, and such that look worse than they are. */

test.each<[string, TestEntry[][], string[], Config?]>([
  [
    'a shell by a hard link from another layer',
    [[program('opt/data.bin', SHELL, 0o644)], [hard('opt/x', 'opt/data.bin')]],
    [
      'shell opt/data.bin: shell a POSIX shell, by its content',
      'shell opt/x: shell a POSIX shell, by its content',
    ],
  ],
  [
    'a chain of links that leads out of the root and back',
    [
      [
        program('opt/tool', SHELL),
        link('usr/bin/a', '../../../../b'),
        link('b', '/../c/../d'),
        link('d', 'opt/./tool'),
        { name: 'c', type: 'dir', mode: 0o755 },
      ],
    ],
    [
      'shell b: shell a POSIX shell, through a link',
      'shell d: shell a POSIX shell, through a link',
      'shell opt/tool: shell a POSIX shell, by its content',
      'shell usr/bin/a: shell a POSIX shell, through a link',
    ],
  ],
  ['links in a circle', [[link('usr/bin/sh', 'bash'), link('usr/bin/bash', 'sh')]], []],
  [
    'a shell in Go under another name',
    [[program('app', elf('path\tsrc.elv.sh/cmd/elvish\n'))]],
    ['shell app: shell elvish, by its content'],
  ],
  [
    'a shell in Rust under another name',
    [[program('app', elf('NU_VERSION', 'crates/nu_protocol/src/lib.rs'))]],
    ['shell app: shell nushell, by its content'],
  ],
  [
    'a program in Go that uses the library of a shell',
    [[program('app', elf('path\texample.org/app\ndep\tmvdan.cc/sh/v3'))]],
    [],
  ],
  [
    'a shell by the name that Debian gives it',
    [[program('bin/bash-static', 'x')]],
    ['shell bin/bash-static: shell bash-static, by its name'],
  ],
  [
    'a shell by name where only the PATH of the image leads',
    [[program('busybox/sh', 'x')]],
    ['shell busybox/sh: shell sh, by its name'],
    { Env: ['PATH=/busybox/:/bin'] },
  ],
  [
    'pip as a module',
    [[file('usr/lib/python3/site-packages/pip/__main__.py', 'import sys\n')]],
    ['package-manager usr/lib/python3/site-packages/pip/__main__.py: package manager pip, by its content'],
  ],
  [
    'npm without its program',
    [[file('usr/lib/node_modules/npm/bin/npm-cli.js', 'x')]],
    ['package-manager usr/lib/node_modules/npm/bin/npm-cli.js: package manager npm, by its content'],
  ],
  ['a shell that a later layer removes', [[program('bin/x', SHELL)], [file('bin/.wh.x')]], []],
  [
    'a setuid program that a later layer removes',
    [[program('bin/su', 'x', 0o4755)], [file('bin/.wh.su')]],
    [],
  ],
  [
    'a setuid bit that a later layer takes away',
    [[program('bin/su', 'x', 0o4755)], [program('bin/su', 'x')]],
    [],
  ],
  [
    'a setuid bit that only a later layer gives',
    [[program('bin/su', 'x')], [program('bin/su', 'x', 0o6755)]],
    ['setuid bin/su: setuid and setgid, mode 6755'],
  ],
  ['a folder behind an opaque one', [[program('opt/bin/x', SHELL)], [file('opt/bin/.wh..wh..opq')]], []],
  [
    'capabilities of version 1',
    [[{ ...program('a', 'x'), ...capability('010000010020000000000000') }]],
    ['capability a: cap_net_raw'],
  ],
  [
    'capabilities of version 3, of a user namespace',
    [[{ ...program('a', 'x'), ...capability(`0100000300040000000000000000000000000000e8030000`) }]],
    ['capability a: cap_net_bind_service'],
  ],
  [
    'capabilities beyond the lower 32',
    [[{ ...program('a', 'x'), ...capability('0100000200000000000000004000000000000000') }]],
    ['capability a: cap_perfmon'],
  ],
  [
    'an attribute that is cut off',
    [[{ ...program('a', 'x'), ...capability('0100') }]],
    ['capability a: a capability attribute that is cut off'],
  ],
  [
    'a folder for all without sticky bit, and device nodes',
    [
      [
        { name: 'var/spool', type: 'dir', mode: 0o777 },
        { name: 'var/tmp', type: 'dir', mode: 0o1777 },
        { name: 'dev/null', type: 'chardev', mode: 0o666 },
        { name: 'run/pipe', type: 'fifo', mode: 0o666 },
      ],
    ],
    ['world-writable run/pipe: mode 0666', 'world-writable var/spool: folder without sticky bit, mode 0777'],
  ],
  [
    'a password hash in passwd',
    [[file('etc/passwd', `a:${SHADOW_HASH}:1:1::/:/x\nb:ab01CDefGHijk:2:2::/:/x\n`)]],
    [
      'password etc/passwd: the hash of a password of a is in the image',
      'password etc/passwd: the hash of a password of b is in the image',
    ],
  ],
  [
    'locked accounts',
    [[file('etc/shadow', `a:!${SHADOW_HASH}:1::\nb:!!:1::\nc:*:1::\nd:!*:1::\n# x::\n`)]],
    [],
  ],
  [
    'accounts behind a link',
    [[file('opt/shadow', 'a::1::::::\n'), link('etc/shadow', '../opt/shadow')]],
    ['password etc/shadow: a needs no password'],
  ],
  [
    'accounts by a hard link',
    [[file('opt/shadow', 'a::1::::::\n'), hard('etc/shadow', 'opt/shadow')]],
    ['password etc/shadow: a needs no password'],
  ],
  ['a key of one line (Ed25519)', [[file('srv/k', PKCS8)]], ['private-key srv/k: private key']],
  [
    'a key with ends of lines of DOS',
    [[file('srv/k', PKCS8.replaceAll('\n', '\r\n'))]],
    ['private-key srv/k: private key'],
  ],
  [
    'a key in JSON',
    [[file('srv/k.json', JSON.stringify({ private_key: PKCS8 }))]],
    ['private-key srv/k.json: private key'],
  ],
  [
    'an encrypted key with headers',
    [
      [
        file(
          'srv/k',
          `-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${'Ab0+'.repeat(16)}\n`,
        ),
      ],
    ],
    ['private-key srv/k: ec private key'],
  ],
  [
    'a certificate and a public key',
    [[file('srv/k', PKCS8.replaceAll('PRIVATE KEY', 'CERTIFICATE') + PKCS8.replaceAll('PRIVATE', 'PUBLIC'))]],
    [],
  ],
  [
    'a key in a file of two layers, of which none is shown',
    [[file('k', PKCS8)], [file('.wh.k')], [file('k', 'x')]],
    ['private-key k: private key, in a layer of which a later one hides it'],
  ],
  [
    'credentials for a registry',
    [[file('root/.docker/config.json', '{"auths":{"r":{"auth":"dTpw"}}}')]],
    ['token root/.docker/config.json: credentials for a registry'],
  ],
  [
    'a configuration without credentials',
    [[file('root/.docker/config.json', '{"auths":{}}'), file('root/.npmrc', 'fund=false\n')]],
    [],
  ],
  [
    'a password in the URL of a repository',
    [[file('etc/pip.conf', 'index-url = https://u:hunter2@example.org/simple\n')]],
    ['token etc/pip.conf: a password for a repository'],
  ],
  ['the key of AWS that its documentation has', [[file('usr/share/doc/x', 'AKIAIOSFODNN7EXAMPLE')]], []],
])('%s', async (_, layers, expected, config = {}) => {
  expect(await found([[PASSWD], ...layers], config)).toEqual(expected);
});
