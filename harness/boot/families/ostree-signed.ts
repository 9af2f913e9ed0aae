import type { GuestChannel } from '../guest/channel.ts';
import { commitMetadata } from './commit-signature.ts';
import { listedBy, ostree } from './ostree.ts';
import { type Publisher, newPublisher } from './publisher.ts';
import { MOUNT_UPDATE, NOT_OFFERED, fault } from './scripts.ts';
import type { Family } from './types.ts';

/** Seconds. */
const READ = 90;
const FETCH = 240;
const WRITE = 90;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Prints, in base64, the commit of a release, which is what is signed. */
const commitOf = (
  release: string,
): string => `${MOUNT_UPDATE}commit=$(cat /run/update/${release}/refs/heads/image)
base64 -w 0 "/run/update/${release}/objects/$(echo "$commit" | sed 's|^..|&/|').commit"`;

/** Files, and folders of them, that ostree may look for the keys of a remote in: ostree.repo-config(5), "gpgkeypath"; ostree-remote(1), gpg-import. */
const KEYRINGS = (remote: string): string =>
  `/usr/share/ostree/trusted.gpg.d /sysroot/ostree/repo/${remote}.trustedkeys.gpg $(sed -n 's/^[[:space:]]*gpgkeypath[[:space:]]*=//p' /etc/ostree/remotes.d/*.conf | tr ';' ' ')`;

/**
 * Has ostree pull what is next from the remote that the running system was deployed from, as a user does. In its mount namespace, and
 * only there, the remote's server is a repository on the update disk, its commit has the signature that is given, and every keyring
 * that it may go by holds another key and none of its own. An image without a keyring stays without.
 */
const pullSigned = (
  remote: string,
  { release, keyring, signature }: { release: string; keyring: Uint8Array; signature: Uint8Array | null },
): string => `${MOUNT_UPDATE}commit=$(cat /run/update/${release}/refs/heads/image)
rest=\${commit#??}
objects=objects/\${commit%"$rest"}
rm -rf /run/signed /run/signed-keyring /run/signed-begun && cp -a "/run/update/${release}/$objects" /run/signed
${signature === null ? '' : `echo ${base64(commitMetadata(signature))} | base64 -d > "/run/signed/$rest.commitmeta"\n`}mount --bind /run/signed "/run/update/${release}/$objects"
echo ${base64(keyring)} | base64 -d > /run/signed-keyring
rm -rf /run/signed-remotes && cp -a /etc/ostree/remotes.d /run/signed-remotes
sed -i 's|^[[:space:]]*url[[:space:]]*=.*|url=file:///run/update/${release}|' /run/signed-remotes/*.conf
status=0
unshare --mount sh -ec 'mount -o remount,rw /sysroot
for ring in $(find -L ${KEYRINGS(remote).replaceAll("'", `'\\''`)} -type f 2> /dev/null); do
    mount --bind /run/signed-keyring "$ring"
done
mount --bind /run/signed-remotes /etc/ostree/remotes.d
: > /run/signed-begun
ostree admin upgrade --pull-only > /dev/null' || status=$?
[ -e /run/signed-begun ] || exit ${NOT_OFFERED}
exit $status`;

/**
 * Lists what there is. Where its remote wants signatures, ostree 2022.7 stops at a deployment that has none, as the first one has that
 * was installed here; so it is asked in a mount namespace in which the remote wants none.
 */
const LIST = `rm -rf /run/listed-remotes && cp -a /etc/ostree/remotes.d /run/listed-remotes
sed -i '/^[[:space:]]*gpg-verify[[:space:]]*=/d; s|^\\[remote .*|&\\ngpg-verify=false|' /run/listed-remotes/*.conf
unshare --mount sh -ec 'mount --bind /run/listed-remotes /etc/ostree/remotes.d
ostree admin status'`;

/**
 * ostree, where the image names the remote that its releases come from, and wants those to be signed.
 * @param remote its name
 */
export function signedOstree(remote: string): Family {
  // A server's key is the publisher's own; who stands for them here has one of their own.
  let publisher: Promise<Publisher> | undefined;
  const known = (): Promise<Publisher> => (publisher ??= newPublisher());

  /** @param by who signs it, null for nobody */
  async function offer(guest: GuestChannel, release: string, by: Publisher | null): Promise<string | null> {
    const commit = Buffer.from((await guest.read(commitOf(release), READ)).trim(), 'base64');
    const signature = by === null ? null : await by.sign(commit);
    const { keyring } = await known();
    return fault(await guest.attempt(pullSigned(remote, { release, keyring, signature }), FETCH));
  }

  return {
    ...ostree,
    tools: ostree.tools && {
      ...ostree.tools,
      signed: {
        why: /signature/i,
        offer: async (guest, by) => offer(guest, 'image', by === 'nobody' ? null : await newPublisher()),
      },
    },

    deployments: async (guest) => listedBy(guest, LIST),

    fetch: async (guest, release = 'image') => offer(guest, release, await known()),

    stage: async (guest) =>
      fault(await guest.attempt('ostree admin upgrade --deploy-only --stage > /dev/null', WRITE)),
  };
}
