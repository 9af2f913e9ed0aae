# Puts an image on a disk with two slots, by the image's own tools: a partition for the firmware and the boot loader, one
# for each slot (the first holds the image as a squashfs), and one for state. Runs in a container of the image; needs no
# loop device and no mount. The same image gives the same bytes. Layers are in /layers. Where
# $LAYERS names any, the disk is written to /output/disk.raw. $INSTALLED says what the parts of a release are called where
# they are installed: the name of a partition, and paths on the EFI system partition of kernel, initramfs and boot entry, and
# the version. $OTHER_SLOT is the name of the second slot. $RELEASES has a line for each release that it can be updated to, `NAME MANIFEST`, what its parts are called
# where they are installed and where they are served, and its layers; with any, a file system that holds them as a server
# would is written to /output/update.raw. /output/installed has the sums of them all by where they are installed, as they are and unpacked.
set -eu
umask 022
export LC_ALL=C TZ=UTC HOME=/tmp MTOOLS_SKIP_CHECK=1 E2FSPROGS_FAKE_TIME="$SECONDS_OF_IMAGE"
# Where each partition begins, and how large it is; MiB.
esp=1 esp_size=512 slot_size=2048 state_size=2048
root_a=$((esp + esp_size)) root_b=$((esp + esp_size + slot_size)) state=$((esp + esp_size + 2 * slot_size))
tree=/scratch/tree

# Lays layers over each other at $tree: merge LAYER...
merge() {
    rm -rf "$tree"
    mkdir "$tree"
    for layer in "$@"; do
        tar -tf "/layers/$layer" | sed -n 's|^\./||; \:\(^\|/\)\.wh\.:p' > /scratch/whiteouts
        while read -r path; do
            name=${path##*/}
            parent=$tree/${path%"$name"}
            case $name in
            .wh..wh..opq) [ ! -d "$parent" ] || find "$parent" -mindepth 1 -delete ;;
            *) rm -rf "$parent${name#.wh.}" ;;
            esac
        done < /scratch/whiteouts
        tar -xpf "/layers/$layer" -C "$tree" --numeric-owner --xattrs --xattrs-include='*' --keep-directory-symlink \
            --exclude='.wh.*'
    done
}

sum() { sha256sum | cut -d ' ' -f 1; }

# What systemd-pull(8) installs of a file that is compressed is what it unpacks to; import-compress.c of systemd 257 tells these
# four by how they begin. The line of such a file is `unknown` where nothing in the image unpacks it: unpacked FILE PLACE
unpacked() {
    case $(od -An -t x1 -N 6 "$1" | tr -d ' ') in
    1f8b*) tool=gzip ;;
    fd377a585a00) tool=xz ;;
    425a68*) tool=bzip2 ;;
    28b52ffd*) tool=zstd ;;
    *) return 0 ;;
    esac
    if command -v $tool > /dev/null; then echo "$($tool -dc < "$1" | sum)  $2"; else echo "unknown  $2"; fi
}

# Makes of an image what is in a slot and what starts it:
# release FOLDER MANIFEST LABEL KERNEL INITRD VERSION ROOT-FILE KERNEL-FILE INITRD-FILE ENTRY-FILE LAYER...
release() {
    folder=$1 manifest=$2 label=$3 kernel=$4 initrd=$5 version=$6
    root_file=$folder/$7 kernel_file=$folder/$8 initrd_file=$folder/$9
    shift 9
    entry_file=$folder/$1
    shift
    mkdir -p "$folder"
    merge "$@"
    cp "$tree"/usr/lib/modules/*/vmlinuz "$kernel_file"
    cp "$tree"/usr/lib/modules/*/initramfs.img "$initrd_file"
    own_arguments=
    [ ! -f "$tree/usr/lib/kernel/cmdline" ] ||
        own_arguments=$(tr -s '[:space:]' ' ' < "$tree/usr/lib/kernel/cmdline" | sed 's/^ //; s/ $//; s/^./ &/')
    title=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\).*/\1/p' "$tree/usr/lib/os-release" | head -n 1)
    cat > "$entry_file" <<T
title $title ($label)
sort-key os
version $version
linux $kernel
initrd $initrd
options root=PARTLABEL=$label rootfstype=squashfs ro $ARGUMENTS image=$manifest$own_arguments
T
    # What is in an image's /var is hidden by the one that both slots share.
    mkdir -p "$tree/var"
    find "$tree/var" -mindepth 1 -delete
    for name in dev proc sys run tmp boot efi; do mkdir -p "$tree/$name"; done
    mksquashfs "$tree" "$root_file" -comp lz4 -noappend -no-progress -quiet \
        -all-time "$SECONDS_OF_IMAGE" -mkfs-time "$SECONDS_OF_IMAGE" > /dev/null
    (cd "$folder" && sha256sum -- *) > /tmp/sums
    mv /tmp/sums "$folder/SHA256SUMS"
    for part in "$root_file $label" "$kernel_file $kernel" "$initrd_file $initrd"; do
        echo "$(sum < "${part%% *}")  ${part#* }" >> /output/installed
        unpacked "${part%% *}" "${part#* }" >> /output/installed
    done
    rm -rf "$tree"
}

# Puts the image on a disk.
install_image() {
    # shellcheck disable=SC2086
    set -- $INSTALLED
    label=$1 kernel=$2 initrd=$3 entry=$4 version=$5
    # shellcheck disable=SC2086
    release /scratch/first "$MANIFEST" "$label" "$kernel" "$initrd" "$version" root kernel initrd entry $LAYERS
    partition $((state + state_size + 1)) <<T
start=${esp}MiB, size=${esp_size}MiB, name=esp, uuid=$(id 1), type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
start=${root_a}MiB, size=${slot_size}MiB, name=$label, uuid=$(id 2), type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
start=${root_b}MiB, size=${slot_size}MiB, name=$OTHER_SLOT, uuid=$(id 3), type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
start=${state}MiB, size=${state_size}MiB, name=var, uuid=$(id 4), type=4D21B016-B534-45C2-A9FB-5C16E091FD2D
T
    dd if=/scratch/first/root of="$disk" bs=1M seek=$root_a conv=notrunc,sparse status=none
    ext4 "$(id 5)" "$disk" $state $state_size
    whole_ext4 "$disk" $state

    loader=/usr/lib/systemd/boot/efi/systemd-bootx64.efi
    mkdir -p /scratch/esp/EFI/BOOT /scratch/esp/EFI/systemd
    cp $loader /scratch/esp/EFI/BOOT/BOOTX64.EFI
    cp $loader /scratch/esp/EFI/systemd/systemd-bootx64.efi
    for part in kernel initrd entry; do
        case $part in kernel) path=$kernel ;; initrd) path=$initrd ;; entry) path=$entry ;; esac
        mkdir -p "/scratch/esp${path%/*}"
        cp "/scratch/first/$part" "/scratch/esp$path"
    done
    printf 'timeout 2\neditor no\n' > /scratch/esp/loader/loader.conf
    esp /scratch/esp $esp $esp_size
    chown "$OWNER" "$disk"
}

[ -z "$LAYERS" ] || install_image
[ -e /output/installed ] || : > /output/installed
chown "$OWNER" /output/installed

[ -n "$RELEASES" ] || exit 0
rm -rf /scratch/first
echo "$RELEASES" | while read -r name manifest parts; do
    # shellcheck disable=SC2086
    release "/scratch/update/$name" "$manifest" $parts
done
ext4 "$(id 6)" /output/update.raw 0 8192 /scratch/update
whole_ext4 /output/update.raw 0
chown "$OWNER" /output/update.raw
