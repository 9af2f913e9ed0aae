# What disks with partitions have in common; comes before the script of a family. Places and sizes are MiB.
disk=/output/disk.raw

# What is not whole here was not made well, whatever the image is like. The exit code is known to make-disk.ts.
own_fault() {
    echo "$1" >&2
    exit 70
}

# An id that belongs to the image: id NUMBER
id() { echo "${UUID%?}$1"; }

# Makes an empty disk with the partitions that sfdisk is told of on stdin: partition SIZE
partition() {
    truncate --size="$1M" "$disk"
    { printf 'label: gpt\nlabel-id: %s\n' "$(id 0)" && cat; } | sfdisk --quiet --no-reread --no-tell-kernel "$disk"
}

# Puts a folder on the partition that the firmware looks into: esp FOLDER PLACE SIZE
esp() {
    find "$1" -exec touch --date="@$SECONDS_OF_IMAGE" {} +
    # Clusters of 4 KiB: by itself it goes by the size of the disk, not of the partition.
    mkfs.vfat -F 32 -s 8 -i "$(echo "$UUID" | cut -c 1-8)" -n ESP --invariant --offset=$(($2 * 2048)) "$disk" $(($3 * 1024)) > /dev/null
    mcopy -Q -s -m -i "$disk@@$2M" "$1"/* ::/
}

# Makes an ext4 file system: ext4 ID FILE PLACE SIZE [FOLDER], a folder that it holds
ext4() {
    [ -z "${5:-}" ] || age "$5"
    mke2fs -q -F -t ext4 -b 4096 -U "$1" -E "offset=$(($3 * 1048576)),hash_seed=$1,lazy_itable_init=0,lazy_journal_init=0" \
        ${5:+-d "$5"} "$2" "$4M" > /dev/null
    [ -z "${5:-}" ] || age_inodes "$5" "$2?offset=$(($3 * 1048576))"
}

# Looks such a file system over, where the image has what does: whole_ext4 FILE PLACE
whole_ext4() {
    command -v e2fsck > /dev/null || return 0
    e2fsck -f -n "$1?offset=$(($2 * 1048576))" > /tmp/e2fsck 2>&1 || own_fault "e2fsck: $(tail -n 1 /tmp/e2fsck)"
}

# Takes the time of the image for what was made just now, so that it is the same twice: age FOLDER
age() {
    touch --date="@$SECONDS_OF_IMAGE" /tmp/time-of-image
    find "$1" -newer /tmp/time-of-image -exec touch --no-dereference --date="@$SECONDS_OF_IMAGE" {} +
}

# The same for when an inode was changed and read, which mke2fs itself does to the folder: age_inodes FOLDER FILE-SYSTEM
age_inodes() {
    find "$1" ! -name '*
*' -printf '/%P\n' | sed 's/"/""/g' > /tmp/inodes
    for time in ctime atime; do
        sed "s/.*/set_inode_field \"&\" $time @$SECONDS_OF_IMAGE/" /tmp/inodes
    done | debugfs -w -f - "$2" > /dev/null 2>&1
}
