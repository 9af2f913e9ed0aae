/** How a guest's kernel answered an attempt to write. */
export type Answer = 'allowed' | 'EROFS' | 'EPERM' | 'EACCES' | 'no file to try it on' | 'other';

export interface Probe {
  user: 'root' | 'nobody';
  /** Folder under which it was tried. */
  folder: string;
  attempt: Attempt;
  answer: Answer;
  /** What the program said, at most 200 characters; empty for what was allowed. */
  words: string;
}

const ATTEMPTS = ['create', 'mkdir', 'overwrite', 'rename', 'chmod', 'remount'] as const;
export type Attempt = (typeof ATTEMPTS)[number];

/** File systems that are made anew at each start, or are not files at all. */
const API_TYPES = new Set(
  `autofs bpf binfmt_misc cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fuse fusectl hugetlbfs mqueue
  overlay proc pstore ramfs rpc_pipefs securityfs selinuxfs sysfs tmpfs tracefs`.split(/\s+/),
);

/**
 * Folders to try: every mount that holds files of the system's own, and every folder right below the root, which a root
 * that is only marked immutable leaves writable.
 * @param mounts output of `findmnt --raw --noheadings --output TARGET,FSTYPE`
 * @param top output of `find / -mindepth 1 -maxdepth 1 -xdev -type d`
 */
export function probedFolders(mounts: string, top: string): string[] {
  const types = new Map<string, string>();
  for (const line of mounts.split('\n')) {
    const [target, type] = line.split(' ');
    // The mount that came last lies on top.
    if (target !== undefined && type !== undefined) types.set(unescape(target), type);
  }
  const mounted = [...types]
    .filter(([target, type]) => !API_TYPES.has(type) || target === '/')
    .map(([target]) => target);
  const below = top.split('\n').filter((path) => path.startsWith('/') && !types.has(path));
  return [...new Set([...mounted, ...below])].filter(isPlain).sort();
}

/** findmnt's raw output writes spaces and the like as `\x20`. */
const unescape = (text: string): string =>
  text.replaceAll(/\\x([0-9a-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** A guest names these folders; they go into a script. */
const isPlain = (path: string): boolean => /^\/[\w./@:+-]*$/.test(path) && path.length < 200;

/**
 * A script that tries to write in each folder as root and as an ordinary user, and prints a line an attempt:
 * `user TAB folder TAB attempt TAB exit status TAB words`. A folder may be seen twice, under
 * two names, so what was made is removed again. Files that are no programs come first: a program that runs cannot be
 * opened for writing, wherever it lies. Root mounts again in a namespace of its own, so that the system stays as it is,
 * and then writes: a file system without a way to write takes the option, and refuses that.
 * @param place a folder that can be written to and every user can read; it is left with the script in it
 */
export function probeScript(folders: string[], place = '/run'): string {
  return `export LC_ALL=C
cat > ${place}/write-probe.sh <<'SCRIPT'
folder=$1 attempt=$2
depth=2
[ "$folder" != / ] || depth=1
files() { find "$folder" -xdev -maxdepth $depth -type f "$@" 2>/dev/null; }
old=$({ files ! -perm /111; files -perm /111; } | head -n 1)
case $attempt in
overwrite|rename|chmod) [ -n "$old" ] || exit 77 ;;
esac
case $attempt in
create) : > "$folder/.write-probe" && rm "$folder/.write-probe" ;;
mkdir) mkdir "$folder/.write-probe" && rmdir "$folder/.write-probe" ;;
overwrite) : >> "$old" ;;
rename) mv "$old" "$old.write-probe" && mv "$old.write-probe" "$old" ;;
chmod) chmod g+w "$old" && chmod g-w "$old" ;;
remount) mount -o remount,rw "$folder" ;;
lift) mount -o remount,bind,rw "$folder" && : > "$folder/.write-probe" && rm "$folder/.write-probe" ;;
*) exit 78 ;;
esac
SCRIPT
chmod 0644 ${place}/write-probe.sh
try() {
words=$("$@" 2>&1)
status=$?
printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$user" "$folder" "$attempt" "$status" "$(printf %s "$words" | tr '\\n\\t' '  ' | head -c 200)"
}
for folder in ${folders.map((folder) => `'${folder}'`).join(' ')}; do
for attempt in ${ATTEMPTS.filter((attempt) => attempt !== 'remount').join(' ')}; do
user=nobody
try setpriv --reuid=65534 --regid=65534 --clear-groups sh ${place}/write-probe.sh "$folder" "$attempt"
user=root
try sh ${place}/write-probe.sh "$folder" "$attempt"
done
mountpoint -q "$folder" || continue
user=nobody attempt=remount
try setpriv --reuid=65534 --regid=65534 --clear-groups sh ${place}/write-probe.sh "$folder" remount
user=root
try unshare --mount sh ${place}/write-probe.sh "$folder" lift
done
true
`;
}

/** Reads what the script printed. Lines that do not have its form are left out; who asks counts them. */
export function parseProbes(text: string): Probe[] {
  return text.split('\n').flatMap((line): Probe[] => {
    const [user, folder, attempt, status, words = ''] = line.split('\t');
    const known = ATTEMPTS.find((one) => one === attempt);
    if ((user !== 'root' && user !== 'nobody') || folder === undefined || known === undefined) return [];
    if (status === undefined || !/^\d+$/.test(status)) return [];
    return [{ user, folder, attempt: known, answer: answerOf(status, words), words: words.slice(0, 200) }];
  });
}

/** The texts of the C library for these errors in the C locale. */
function answerOf(status: string, words: string): Answer {
  if (status === '0') return 'allowed';
  // ETXTBSY, of a running program or of memory that is swapped to, says nothing of the place: open(2).
  if (status === '77' || /text file busy/i.test(words)) return 'no file to try it on';
  if (/read-only file system|write-protected/i.test(words)) return 'EROFS';
  if (/operation not permitted|must be superuser/i.test(words)) return 'EPERM';
  if (/permission denied/i.test(words)) return 'EACCES';
  return 'other';
}

/** Folders that root must be able to write to. */
const STATE = ['/etc', '/var'];
/** Folders of which images differ: boot loaders and temporary files. */
const EITHER = ['/boot', '/efi', '/tmp', '/run'];
/** Folders that users share. */
const SHARED = ['/tmp', '/var/tmp'];

const within = (folder: string, parents: string[]): boolean =>
  parents.some((parent) => folder === parent || folder.startsWith(`${parent}/`));

/** ostree shows a deployment's /var a second time, where it lies. */
const canonical = (folder: string): string =>
  folder.replace(/^\/sysroot\/ostree\/deploy\/[^/]+\/var(?=\/|$)/, '/var');

/**
 * Where root can write once it has mounted the place writable again. That is no fault: only a file system without a way to
 * write, or a kernel that is locked down, keeps root from it.
 */
export function liftable(probes: Probe[]): string[] {
  const lifted = probes.filter(
    ({ user, attempt, answer }) => user === 'root' && attempt === 'remount' && answer === 'allowed',
  );
  const places = lifted.map(({ folder }) => folder);
  return places.filter((folder) => !within(canonical(folder), [...STATE, ...EITHER]));
}

/** The attempts whose answer is not what the policy expects: allowed where it must not be, refused where it must be. */
export function unexpected(probes: Probe[]): Probe[] {
  return probes.filter(({ user, folder, attempt, answer }) => {
    if (answer === 'no file to try it on') return false;
    if (answer === 'other') return true;
    const place = canonical(folder);
    if (user === 'nobody') return answer === 'allowed' && !within(place, SHARED);
    if (within(place, EITHER) || attempt === 'remount') return false;
    return within(place, STATE) ? answer !== 'allowed' : answer === 'allowed';
  });
}
