# Installs an image onto a disk with the image's own tools, the way bootc does: a commit a layer, whiteouts applied,
# /etc kept as /usr/etc, /var empty, one deployment. Runs in a container of the image; needs no loop device and no mount.
# Layers are in /layers; $LAYERS names them in order. With any, the disk is written to /output/disk.raw: where $LOADER
# is `grub`, with that as its boot loader and /boot as a file system of its own; else all of it is one file system. $RELEASES
# has a line for each release that it can be updated to, `NAME MANIFEST TIME LAYER...`; with any, a file system with a
# repository for each is written to /output/update.raw.
set -eu
umask 022
export LC_ALL=C TZ=UTC HOME=/tmp MTOOLS_SKIP_CHECK=1 E2FSPROGS_FAKE_TIME="$SECONDS_OF_IMAGE"
# Where each partition begins, and how large it is; MiB.
esp=1 esp_size=512 boot_size=1024 root_size=8192
boot=$((esp + esp_size)) root=$((esp + esp_size + boot_size))
sysroot=/scratch/sysroot
tree=/scratch/tree
mkdir "$sysroot"
ostree admin init-fs --modern "$sysroot"
ostree admin os-init --sysroot="$sysroot" "$STATEROOT"
export OSTREE_REPO="$sysroot/ostree/repo"
ostree config set sysroot.readonly true

# Makes a commit of an image: import BRANCH MANIFEST TIME LAYER...
import() {
    branch=$1 manifest=$2 time=$3
    shift 3
    for layer in "$@"; do
        # The next image shares most layers with the first.
        ostree rev-parse "layer/$layer" > /dev/null 2>&1 ||
            ostree commit --branch="layer/$layer" --tree=tar="/layers/$layer" --tar-autocreate-parents \
                --tar-pathname-filter='^etc(/|$),usr/etc\1' --timestamp="$TIMESTAMP" > /dev/null
        ostree checkout -H --union --whiteouts "layer/$layer" "$tree"
    done
    for folder in var dev proc sys run tmp boot sysroot; do mkdir -p "$tree/$folder"; done
    # A deployment's own /var is hidden by the one that all deployments share.
    find "$tree/var" -mindepth 1 -delete
    ostree commit --branch="$branch" --parent=none --link-checkout-speedup --consume --tree=dir="$tree" --timestamp="$time" \
        --add-metadata-string=ostree.manifest-digest="$manifest" > /dev/null
}

# Checks every object of a repository against its name, before a guest does and calls the update broken: whole REPOSITORY
whole() {
    ostree fsck --repo="$1" --quiet > /tmp/fsck 2>&1 || own_fault "ostree fsck: $(tail -n 1 /tmp/fsck)"
}

# Makes a deployment of it, in which a user's own /etc has an fstab: deploy UUID FSTAB ARGUMENT... $OWN_ARGUMENTS has a line
# for each argument that the image itself wants.
deploy() {
    uuid=$1 fstab=$2
    shift 2
    printf '%s\n' "root=UUID=$uuid" rw "$@" "$OWN_ARGUMENTS" | sed '/^$/d' > /tmp/arguments
    set --
    while read -r argument; do set -- "$@" "--karg=$argument"; done < /tmp/arguments
    # Where the image names the remote of its releases, they come from that.
    origin=image
    if [ -n "$REMOTE" ]; then
        origin=$REMOTE:image
        ostree refs --create="$origin" image
    fi
    ostree admin deploy --sysroot="$sysroot" --os="$STATEROOT" "$@" "$origin"
    [ -z "$fstab" ] || echo "$fstab" >> "$(echo "$sysroot"/ostree/deploy/*/deploy/*/etc)/fstab"
}

# mke2fs does not copy the flag that keeps the root of a deployment from being written to: extents, immutable.
# protect PLACE, where the file system begins
protect() {
    for path in "$sysroot"/ostree/deploy/*/deploy/*/; do
        echo "set_inode_field ${path#"$sysroot"} flags 0x80010"
    done > /scratch/immutable
    debugfs -w -f /scratch/immutable "$disk?offset=$(($1 * 1048576))"
}

# The menu that ostree writes for syslinux is one that GRUB reads, too. GRUB reads no journal: after a power cut in the wrong
# moment it finds that `loader` names a menu that ostree has removed already, and then the other one of two is whole.
with_grub() {
    ostree config set sysroot.bootloader syslinux
    mkdir -p "$sysroot/boot/loader.0" "$sysroot/boot/syslinux"
    ln -s loader.0 "$sysroot/boot/loader"
    ln -s ../loader/syslinux.cfg "$sysroot/boot/syslinux/syslinux.cfg"
    echo 'TIMEOUT 20' > "$sysroot/boot/loader/syslinux.cfg"
    # shellcheck disable=SC2086
    deploy "$(id 5)" "UUID=$(id 4) /boot ext4 defaults,x-systemd.device-timeout=${DEVICE_TIMEOUT}s 0 2" $ARGUMENTS
    mv "$sysroot/boot" /scratch/boot
    mkdir "$sysroot/boot"
    folder=/scratch/esp/EFI/BOOT
    mkdir -p "$folder"
    grub-mkimage --format=x86_64-efi --prefix=/EFI/BOOT --output="$folder/BOOTX64.EFI" \
        part_gpt fat ext2 normal search search_fs_uuid syslinuxcfg linux test
    cat > "$folder/grub.cfg" <<T
search --fs-uuid --set=root $(id 4)
for menu in loader loader.0 loader.1; do
    if [ -s /\$menu/syslinux.cfg ]; then
        syslinux_configfile /\$menu/syslinux.cfg
    fi
done
T
    partition $((root + root_size + 1)) <<T
start=${esp}MiB, size=${esp_size}MiB, name=esp, uuid=$(id 1), type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
start=${boot}MiB, size=${boot_size}MiB, name=boot, uuid=$(id 2), type=BC13C2FF-59E6-4262-A352-B275FD6F7172
start=${root}MiB, size=${root_size}MiB, name=root, uuid=$(id 3), type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
T
    esp /scratch/esp $esp $esp_size
    ext4 "$(id 4)" "$disk" $boot $boot_size /scratch/boot
    ext4 "$(id 5)" "$disk" $root $root_size "$sysroot"
    protect $root
    whole_ext4 "$disk" $boot
    whole_ext4 "$disk" $root
}

without_loader() {
    ostree config set sysroot.bootloader none
    deploy "$UUID" ''
    ext4 "$UUID" "$disk" 0 $root_size "$sysroot"
    protect 0
    whole_ext4 "$disk" 0
}

if [ -n "$LAYERS" ]; then
    # shellcheck disable=SC2086
    import image "$MANIFEST" "$TIMESTAMP" $LAYERS
    whole "$OSTREE_REPO"
    if [ "$LOADER" = grub ]; then with_grub; else without_loader; fi
    chown "$OWNER" "$disk"
fi

[ -n "$RELEASES" ] || exit 0
mkdir /scratch/update
echo "$RELEASES" | while read -r name manifest time layers; do
    # shellcheck disable=SC2086
    import image "$manifest" "$time" $layers
    # What is in several of them is there once.
    ostree init --repo="/scratch/update/$name" --mode=bare
    ostree pull-local --repo="/scratch/update/$name" "$OSTREE_REPO" image > /dev/null
    whole "/scratch/update/$name"
done
ext4 "$UPDATE_UUID" /output/update.raw 0 $root_size /scratch/update
whole_ext4 /output/update.raw 0
chown "$OWNER" /output/update.raw
