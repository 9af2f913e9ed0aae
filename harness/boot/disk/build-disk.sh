# Installs an image onto a disk with the image's own tools, the way bootc does: a commit a layer, whiteouts applied,
# /etc kept as /usr/etc, /var empty, one deployment. Runs in a container of the image; needs no loop device and no mount.
# Layers are in /layers, in the order of their names; the disk is written to /output/disk.raw.
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
number=0
for layer in /layers/*; do
    ostree commit --branch="layer/$number" --tree=tar="$layer" --tar-autocreate-parents \
        --tar-pathname-filter='^etc(/|$),usr/etc\1' --timestamp="$TIMESTAMP" > /dev/null
    ostree checkout -H --union --whiteouts "layer/$number" "$tree"
    number=$((number + 1))
done
# A deployment's own /var is hidden by the one that all deployments share.
find "$tree/var" -mindepth 1 -delete
for folder in dev proc sys run tmp boot sysroot; do mkdir -p "$tree/$folder"; done
ostree commit --branch="image" --link-checkout-speedup --consume --tree=dir="$tree" --timestamp="$TIMESTAMP" \
    --add-metadata-string=ostree.manifest-digest="$MANIFEST" > /dev/null
ostree admin deploy --sysroot="$sysroot" --os="$STATEROOT" --karg="root=UUID=$UUID" --karg=rw image
mke2fs -q -F -t ext4 -b 4096 -U "$UUID" -E "hash_seed=$UUID,lazy_itable_init=0,lazy_journal_init=0" \
    -d "$sysroot" /output/disk.raw "$SIZE"
# mke2fs does not copy the flag that keeps the root of a deployment from being written to: extents, immutable.
for path in "$sysroot"/ostree/deploy/*/deploy/*/; do
    echo "set_inode_field ${path#"$sysroot"} flags 0x80010"
done > /scratch/immutable
debugfs -w -f /scratch/immutable /output/disk.raw
chown "$OWNER" /output/disk.raw
