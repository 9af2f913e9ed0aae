import { CHANNEL_PORT } from '../machine/arguments.ts';

/** Folder of the agent in the guest; on a file system that is gone after the next start. */
const FOLDER = '/run/guest-channel';

/**
 * The guest's end of the channel: POSIX sh with head, wc, cat and timeout, which a system with systemd has.
 * Reads `<id> <seconds> <size>` and a script of that size, runs it, sends a reply (see replies.ts). Only one runs.
 */
export function agentScript(nonce: string): string {
  return `mkdir ${FOLDER} || exit 0
umask 077
cd ${FOLDER}
until [ -e /dev/virtio-ports/${CHANNEL_PORT} ]; do sleep 0.2; done
exec 3<>/dev/virtio-ports/${CHANNEL_PORT}
printf '\\036${nonce} ready\\n' >&3
while read -r id seconds size <&3; do
head -c "$size" <&3 >in
timeout -s KILL "$seconds" sh in >out 2>err </dev/null 3<&-
s=$?
printf '\\036${nonce} %s %s %s %s\\n' "$id" "$s" "$(wc -c <out)" "$(wc -c <err)" >&3
cat out err >&3
done
`;
}

/** One line for an interactive shell of root that starts the agent apart from the terminal. */
export function startLine(nonce: string): string {
  const script = Buffer.from(agentScript(nonce)).toString('base64');
  return `echo ${script} | base64 -d > /run/guest-channel.sh; setsid sh /run/guest-channel.sh > /dev/null 2>&1 < /dev/null &\n`;
}
