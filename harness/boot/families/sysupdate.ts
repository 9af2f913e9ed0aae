import type { Slots } from '../disk/slots.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { TwinproofError } from '../../errors.ts';
import { ab } from './ab.ts';
import { type Publisher, newPublisher } from './publisher.ts';
import { NO_CHECK, fault } from './scripts.ts';
import {
  DEFINITIONS,
  MUST_HAVE_ASKED,
  MUST_SEE,
  type Served,
  serveRelease,
  sumsOf,
  withKeyring,
} from './serve-release.ts';
import type { Family } from './types.ts';

/** Seconds. */
const FETCH = 400;
const WRITE = 90;
const CHECK = 240;

/**
 * Reads back what every entry that the boot loader offers starts: of a slot, as much as the squashfs in it says that it has,
 * rounded up as mksquashfs does. An entry that names no kernel is none to it.
 * @param sums of what may be there, by place; `unknown` where it is not known
 * @param efi where the EFI system partition is mounted
 * @param slots folder of devices by the names of their partitions
 */
export const checkScript = (sums: string, efi = '/efi', slots = '/dev/disk/by-partlabel'): string => `set -eu
sums=$(cat <<'SUMS'
${sums}SUMS
)
# Ends all where something else is there: is_whole SUM PLACE
is_whole() {
    ! echo "$sums" | grep -q -F -x "$1  $2" || return 0
    if echo "$sums" | grep -q -F -x "unknown  $2"; then
        echo "$2 is unpacked by what installs it, and by nothing else in the image" >&2
        exit ${NO_CHECK}
    fi
    echo "$2: other content" >&2
    exit 1
}
for entry in ${efi}/loader/entries/*.conf; do
    grep -q '^linux[[:space:]]' "$entry" || continue
    slot=$(sed -n 's/.*root=PARTLABEL=\\([^ ]*\\) .*/\\1/p' "$entry")
    device=${slots}/$slot
    [ -n "$slot" ] && [ -e "$device" ] || { echo "\${entry##*/} names no slot" >&2; exit 1; }
    size=$(od -An -t u8 -j 40 -N 8 "$device")
    sum=$(dd if="$device" bs=1M iflag=direct,count_bytes count=$(((size + 4095) / 4096 * 4096)) status=none | sha256sum)
    is_whole "\${sum%% *}" "$slot"
    for path in $(sed -n 's/^\\(linux\\|initrd\\) *//p' "$entry"); do
        [ -f "${efi}$path" ] || { echo "$path is not there" >&2; exit 1; }
        sum=$(sha256sum < "${efi}$path")
        is_whole "\${sum%% *}" "$path"
    done
done`;

/**
 * Two slots that systemd-sysupdate writes to, from systemd 257 on. It is asked by its own commands, and follows the image's own
 * transfer files; sources: systemd-sysupdate(8), sysupdate.d(5).
 * @param installed sums of what may be installed, by place (make-disk.ts); null where that is not known
 */
export function sysupdate({ updater, transfers }: Slots, installed: (() => string) | null): Family {
  // A server's key is the publisher's own; who stands for them here has one of their own.
  let publisher: Promise<Publisher> | undefined;
  const known = (): Promise<Publisher> => (publisher ??= newPublisher());

  /** Offers a release. @param by who signs it, null for nobody */
  async function offer(
    guest: GuestChannel,
    { release, changed = null, by }: { release: string; changed?: string | null; by: Publisher | null },
  ): Promise<string | null> {
    const sums = Buffer.from(await guest.read(sumsOf(release), WRITE));
    const served: Served = { release, changed, signature: by === null ? null : await by.sign(sums) };
    const { keyring } = await known();
    const version = versionIn(sums.toString('utf8'), transfers.get('root')?.source ?? '');
    const script = serveRelease(served) + withKeyring(keyring, take(updater, version));
    return fault(await guest.attempt(script, FETCH));
  }

  return {
    ...ab,
    id: 'sysupdate',
    rollback: "the second entry of the boot loader's menu, then the first one is removed by bootctl unlink",
    updater,
    // Slots have the size that they have.
    room: '/efi',
    tools: {
      // `update` installs what is newer than all that is installed; an older one takes its version as well: systemd-sysupdate(8).
      downgrade: { by: 'version', policy: 'refused', tooOld: /No update needed\. On offer: \S+$/ },

      signed: {
        why: /signature/i,
        async offer(guest, by) {
          return offer(guest, { release: 'image', by: by === 'nobody' ? null : await newPublisher() });
        },
      },

      changed: /signature|checksum/i,

      async fetchChanged(guest) {
        const names = await guest.read(sumsOf('image'), WRITE);
        // The smallest is read soonest.
        const changed = /^[0-9a-f]{64} [ *]([\w.+~^-]+\.conf)$/m.exec(names)?.[1] ?? null;
        return offer(guest, { release: 'image', changed, by: await known() });
      },
    },

    async fetch(guest, release = 'image') {
      return offer(guest, { release, by: await known() });
    },

    async stage(guest) {
      const nothing = "echo 'nothing that is newer than what runs is installed' >&2; exit 1";
      return fault(await guest.attempt(`/${updater} pending > /dev/null || { ${nothing}; }`, WRITE));
    },

    // systemd-sysupdate keeps no sums of what it has installed.
    async check(guest) {
      if (installed === null)
        throw new TwinproofError('unsupported', 'what was installed on the disk before is not known');
      return fault(await guest.attempt(checkScript(installed()), CHECK));
    },

    async keepRunning(guest) {
      const [first] = await this.deployments(guest);
      const id = first?.name.replace(/\+\d+(?:-\d+)?(?=\.conf$)/, '') ?? '';
      if (first?.booted !== false || !/^[\w.+~^-]+$/.test(id)) return 'what runs is offered first already';
      return fault(await guest.attempt(`bootctl unlink '${id}' > /dev/null`, WRITE));
    },
  };
}

/** The version of a release, by the name of its root in the sums. @param pattern of that name, with `@v` */
export function versionIn(sums: string, pattern: string): string {
  const [before = '', after = ''] = pattern.split('@v');
  const names = sums.split('\n').map((line) => line.slice(HEX + 2));
  const name = names.find((one) => one.startsWith(before) && one.endsWith(after)) ?? '';
  return /^[\w.+-]+$/.exec(name.slice(before.length, name.length - after.length))?.[0] ?? '';
}

/** Letters of a sum; a blank and the kind of the file follow. */
const HEX = 64;

/** Takes what is served. That there is no need for it is why it did not, once it says that it sees it. */
const take = (
  updater: string,
  version: string,
): string => `/${updater} --definitions=${DEFINITIONS} update > /run/release-said 2>&1 || {
    cat /run/release-said >&2
    ${MUST_HAVE_ASKED}
    exit 1
}
if grep -q "No update needed" /run/release-said; then
    /${updater} --definitions=${DEFINITIONS} --json=short list "${version}" > /run/release-seen 2> /run/release-said || true
    ${MUST_SEE}
    echo "No update needed. On offer: ${version}" >&2
    exit 1
fi`;
