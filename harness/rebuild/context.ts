/**
 * Gives a build a writable context of its own, whose original stays as it is: an overlay in the scratch space or, where
 * that cannot be mounted or files must get another owner, a copy. Either counts as scratch space.
 */
export function prepareContext(source: string, scratch: string, { copied }: { copied: boolean }): string[] {
  const script = `source=$1; scratch=$2; copied=$3
mkdir -p "$scratch/context"
if [ "$copied" = no ]; then
  mkdir -p "$scratch/context-upper" "$scratch/context-work"
  options="lowerdir=$source,upperdir=$scratch/context-upper,workdir=$scratch/context-work"
  mount -t overlay -o "$options" overlay "$scratch/context" 2> /dev/null && exit 0
fi
cp -a "$source/." "$scratch/context/"`;
  return ['sh', '-ec', script, 'sh', source, scratch, copied ? 'yes' : 'no'];
}
