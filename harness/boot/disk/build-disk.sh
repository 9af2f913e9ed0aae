# Installs an image onto a disk with the image's own tools, the way bootc does: a commit a layer, whiteouts applied,
# /etc kept as /usr/etc, /var empty, one deployment. Runs in a container of the image; needs no loop device and no mount.
# Layers are in /layers; $LAYERS names them in order. The disk is written to /output/disk.raw. $RELEASES has a line for each
# release that it can be updated to, `NAME MANIFEST TIME LAYER...`; with any, a file system with a repository for each is
# written to /output/update.raw.
set -eu
umask 022
export LC_ALL=C HOME=/tmp
sysroot=/scratch/sysroot
tree=/scratch/tree
mkdir "$sysroot"
ostree admin init-fs --modern "$sysroot"
ostree admin os-init --sysroot="$sysroot" "$STATEROOT"
export OSTREE_REPO="$sysroot/ostree/repo"
ostree config set sysroot.readonly true
ostree config set sysroot.bootloader none

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
    # A deployment's own /var is hidden by the one that all deployments share.
    find "$tree/var" -mindepth 1 -delete
    for folder in dev proc sys run tmp boot sysroot; do mkdir -p "$tree/$folder"; done
    ostree commit --branch="$branch" --parent=none --link-checkout-speedup --consume --tree=dir="$tree" --timestamp="$time" \
        --add-metadata-string=ostree.manifest-digest="$manifest" > /dev/null
}

# Puts a folder on a disk of its own: disk FOLDER FILE
disk() {
    mke2fs -q -F -t ext4 -b 4096 -U "$UUID" -E "hash_seed=$UUID,lazy_itable_init=0,lazy_journal_init=0" \
        -d "$1" "$2" "$SIZE"
    chown "$OWNER" "$2"
}

# shellcheck disable=SC2086
import image "$MANIFEST" "$TIMESTAMP" $LAYERS
ostree admin deploy --sysroot="$sysroot" --os="$STATEROOT" --karg="root=UUID=$UUID" --karg=rw image
disk "$sysroot" /output/disk.raw
# mke2fs does not copy the flag that keeps the root of a deployment from being written to: extents, immutable.
for path in "$sysroot"/ostree/deploy/*/deploy/*/; do
    echo "set_inode_field ${path#"$sysroot"} flags 0x80010"
done > /scratch/immutable
debugfs -w -f /scratch/immutable /output/disk.raw

[ -n "$RELEASES" ] || exit 0
mkdir /scratch/update
echo "$RELEASES" | while read -r name manifest time layers; do
    # shellcheck disable=SC2086
    import image "$manifest" "$time" $layers
    # What is in several of them is there once.
    ostree init --repo="/scratch/update/$name" --mode=bare
    ostree pull-local --repo="/scratch/update/$name" "$OSTREE_REPO" image > /dev/null
done
UUID=$UPDATE_UUID
disk /scratch/update /output/update.raw
