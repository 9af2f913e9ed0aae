import { LIST_ENTRIES, slotDeployments } from './ab-entries.ts';
import { MOUNT_UPDATE, fault } from './scripts.ts';
import type { Family } from './types.ts';

/**
 * The slot that runs, and the other one. FAT as a whole is written to the disk's cache and no further; only what is asked for a
 * file or folder has the disk write that down. Sources: Linux 6.1, fs/sync.c, sync_filesystem(); fs/fat/file.c, fat_file_fsync().
 */
const SLOTS = `set -eu
settle() { sync -f /efi && sync /efi; }
slot=$(sed -n 's/.*\\broot=PARTLABEL=root-\\([ab]\\) .*/\\1/p' /proc/cmdline)
case $slot in a) other=b ;; b) other=a ;; *) echo 'not started from a slot' >&2; exit 1 ;; esac
entries=/efi/loader/entries
`;

/** The slot that the kernel was told of is the one that is the root. */
const RUNNING = `${SLOTS}[ "$(findmnt --noheadings --output PARTLABEL /)" = "root-$slot" ]
sed -n 's/.* image=\\(sha256:[0-9a-f]*\\).*/\\1/p' /proc/cmdline`;

/** What the slot $1 really holds: as much of the partition as the squashfs in it says that it has, rounded up as mksquashfs does. */
const HELD = `held() {
    device=/dev/disk/by-partlabel/root-$1
    size=$(od -An -t u8 -j 40 -N 8 "$device")
    dd if="$device" bs=1M iflag=direct,count_bytes count=$(((size + 4095) / 4096 * 4096)) status=none | sha256sum | cut -d ' ' -f 1
}
`;

/**
 * Writes the release into the other slot: what was in it can no longer be started from then on, and the boot loader must
 * not know of it when it goes. With it goes what fsck.fat found lost. What is read back from the disk afterwards must be
 * what was meant.
 */
const fetchScript = (release: string): string => `${HELD}cd '/run/update/${release}'
sha256sum --check --strict --quiet SHA256SUMS > /dev/null
rm -f "$entries/os-$other.conf" "$entries/os-$other+"*.conf
settle
rm -rf "/efi/$other" /efi/FSCK*.REC
settle
dd if=root.squashfs of="/dev/disk/by-partlabel/root-$other" bs=4M conv=fsync status=none
[ "$(held "$other")" = "$(sed -n 's/ .*root\\.squashfs$//p' SHA256SUMS)" ]
mkdir "/efi/$other"
cp vmlinuz initrd image cmdline SHA256SUMS "/efi/$other/"
settle`;

/**
 * Copies what was changed in /etc, and then writes an entry that is newer than all others. Its name has as many tries as
 * kernel-install would give it, by the same file. Source: systemd 252, kernel-install(8), "/etc/kernel/tries".
 * What follows the digest in an entry are the image's own arguments for the kernel.
 */
const STAGE = `${SLOTS}image=$(cat "/efi/$other/image")
own_arguments=$(sed 's/[&\\\\|]/\\\\&/g; s/^./ &/' "/efi/$other/cmdline")
rm -rf "/var/lib/etc/$other" /var/lib/etc/new
mkdir -m 0755 /var/lib/etc/new
cp -a "/var/lib/etc/$slot/upper" /var/lib/etc/new/
mv /var/lib/etc/new "/var/lib/etc/$other"
sync -f /var
tries=$(cat /etc/kernel/tries 2> /dev/null || true)
newest=$(sed -n 's/^version //p' $entries/*.conf | sort -n | tail -n 1)
for own in "$entries/os-$slot.conf" "$entries/os-$slot+"*.conf; do [ ! -e "$own" ] || break; done
sed -e "s/root-$slot /root-$other /; s|/$slot/|/$other/|; s/(slot $slot)/(slot $other)/" \\
    -e "s| image=.*| image=$image$own_arguments|; s/^version .*/version $((newest + 1))/" "$own" > "$entries/new"
settle
mv "$entries/new" "$entries/os-$other\${tries:++$tries}.conf"
settle`;

/** Of every slot that has an entry: what is in it, and what starts it. */
const CHECK = `${SLOTS}${HELD}for slot in $(sed -n 's/.*root=PARTLABEL=root-\\([ab]\\) .*/\\1/p' $entries/*.conf); do
    cd "/efi/$slot"
    [ "$(held "$slot")" = "$(sed -n 's/ .*root\\.squashfs$//p' SHA256SUMS)" ] || { echo "slot $slot: other content" >&2; exit 1; }
    grep -v 'root\\.squashfs$' SHA256SUMS | sha256sum --check --strict --quiet > /dev/null
done`;

const KEEP = `${SLOTS}rm -f "$entries/os-$other.conf" "$entries/os-$other+"*.conf
settle`;

/** Seconds. */
const FETCH = 240;
const WRITE = 90;
const CHECKING = 180;

/**
 * Two slots, one of which runs while the other is written to, with systemd-boot choosing by its entries, from systemd 252
 * on. No tool does all of that there (systemd-sysupdate writes partitions, but names nothing by digest), so it is done step
 * by step with what systems have, by a reference updater of ours. What that takes or refuses is no answer of the image's.
 */
export const ab: Family = {
  id: 'ab',
  rollback: "the second entry of the boot loader's menu, then the first one is removed",
  defaults: null,
  // Where kernel-install(8) looks, of what an image can have.
  commandLine: 'usr/lib/kernel/cmdline',
  noFallBack: null,
  tools: null,
  goBack: null,

  async running(guest) {
    const { status, stdout } = await guest.run(RUNNING);
    return status === 0 ? (/^sha256:[0-9a-f]{64}$/.exec(stdout.toString('utf8').trim())?.[0] ?? '') : '';
  },

  async deployments(guest) {
    return slotDeployments(await guest.read(LIST_ENTRIES), await guest.read('cat /proc/cmdline'));
  },

  async fetch(guest, release = 'image') {
    return fault(await guest.attempt(SLOTS + MOUNT_UPDATE + fetchScript(release), FETCH));
  },

  async stage(guest) {
    return fault(await guest.attempt(STAGE, WRITE));
  },

  async check(guest) {
    return fault(await guest.attempt(CHECK, CHECKING));
  },

  async keepRunning(guest) {
    return fault(await guest.attempt(KEEP, WRITE));
  },
};
