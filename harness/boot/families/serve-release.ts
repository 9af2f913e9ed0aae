import { MOUNT_UPDATE, NOT_OFFERED } from './scripts.ts';

/** A release as a server offers it. */
export interface Served {
  /** Name of its folder on the update disk. */
  release: string;
  /** Signature of its SHA256SUMS; null for a release that nobody signed. */
  signature: Uint8Array | null;
  /** Name of a file of which the first byte is another one, with the sums that belong to that; null for none. */
  changed: string | null;
}

/** Port on the guest's own loopback, which nothing else reaches. */
const PORT = 8471;
const PORT_HEX = PORT.toString(16).toUpperCase();
/** Where the guest has what it is served, and what tells its updater so. */
const FOLDER = '/run/release';
export const DEFINITIONS = '/run/release-transfers';
/** Names of all files that were asked for since. */
const ASKED = '/run/release-asked';
/** Is there once the updater was asked to take the release. */
const BEGUN = '/run/release-begun';
/** Ends a script when the updater never asked for the release: nothing was refused then. */
export const MUST_HAVE_ASKED = `grep -q -x SHA256SUMS ${ASKED} || exit ${NOT_OFFERED}`;

/** The same where it does not say that it has seen the release, on offer, in /run/release-seen. */
export const MUST_SEE = `grep -q "\\"available\\":true" /run/release-seen || { cat /run/release-said >&2; exit ${NOT_OFFERED}; }`;

/** Answers one request on stdin for a file in the folder. Sources: RFC 9112, "Message Format"; systemd-socket-activate(1). */
export const serverScript = (folder: string, asked: string): string => `read -r method path version
while read -r line && [ "\${#line}" -gt 1 ]; do :; done
file=${folder}/\${path##*/}
echo "\${path##*/}" >> ${asked}
if [ "$method" = GET ] && [ -f "$file" ]; then
    printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n' "$(stat -L -c %s "$file")"
    exec cat "$file"
fi
printf 'HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n'`;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** What a script prints that a release's signature is made of. */
export const sumsOf = (release: string): string =>
  `${MOUNT_UPDATE}${serving(release)}cat ${FOLDER}/SHA256SUMS`;

/** Lays a release out, as it is on the update disk. */
const serving = (release: string): string => `rm -rf ${FOLDER} && mkdir -p ${FOLDER}
for file in '/run/update/${release}'/*; do ln -s "$file" ${FOLDER}/; done
`;

/** Changes a byte of it, and says so in the sums, as somebody would who can write to the server. */
const changing = (
  name: string,
): string => `cp '${FOLDER}/${name}' /run/changed-file && rm -f '${FOLDER}/${name}'
printf '\\377' | dd of=/run/changed-file bs=1 count=1 conv=notrunc status=none
mv /run/changed-file '${FOLDER}/${name}'
(cd ${FOLDER} && rm -f SHA256SUMS && for file in *; do sha256sum "$file"; done > /run/changed-sums)
mv /run/changed-sums ${FOLDER}/SHA256SUMS
`;

/**
 * Serves a release on the guest's loopback until the script ends, and has the image's own transfer files take it from there:
 * but for the address of the server they are as they are.
 */
export const serveRelease = ({
  release,
  signature,
  changed,
}: Served): string => `${MOUNT_UPDATE}${serving(release)}${
  changed === null ? '' : changing(changed)
}${signature === null ? '' : `echo ${base64(signature)} | base64 -d > ${FOLDER}/SHA256SUMS.gpg\n`}rm -rf ${DEFINITIONS} && mkdir -p ${DEFINITIONS}
for folder in /usr/lib /usr/local/lib /run /etc; do
    [ ! -d "$folder/sysupdate.d" ] || cp -a "$folder/sysupdate.d/." ${DEFINITIONS}/
done
sed -i 's|^[[:space:]]*Path[[:space:]]*=[[:space:]]*https\\{0,1\\}://.*|Path=http://127.0.0.1:${PORT}|' ${DEFINITIONS}/*
cat > /run/release-server <<'SERVER'
${serverScript(FOLDER, ASKED)}
SERVER
systemctl stop release-server.service 2> /dev/null || true
: > ${ASKED}
{ systemd-run --quiet --collect --unit=release-server systemd-socket-activate --accept --inetd --listen=127.0.0.1:${PORT} sh /run/release-server; } || exit ${NOT_OFFERED}
trap 'systemctl stop release-server.service; cd / && umount --recursive /run/update' EXIT
tries=0
until grep -q ':${PORT_HEX} [0-9A-F:]* 0A ' /proc/net/tcp; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo 'what serves it does not start' >&2; exit ${NOT_OFFERED}; }
    sleep 0.2
done
`;

/**
 * Runs a command in a mount namespace in which every keyring that systemd-pull may go by holds another key and none of its own:
 * systemd 257, src/import/pull-common.c, verify_gpg(); newer ones call them `.pgp`. An image without a keyring stays without.
 */
export const withKeyring = (
  keyring: Uint8Array,
  command: string,
): string => `echo ${base64(keyring)} | base64 -d > /run/release-keyring
rm -f ${BEGUN}
status=0
unshare --mount sh -ec 'for ring in /etc/systemd/import-pubring.* /usr/lib/systemd/import-pubring.*; do
    [ ! -e "$ring" ] || mount --bind /run/release-keyring "$ring"
done
: > ${BEGUN}
${command}' || status=$?
[ -e ${BEGUN} ] || exit ${NOT_OFFERED}
exit $status`;
