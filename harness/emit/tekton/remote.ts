/**
 * Konflux gives a TaskRun a machine of its own when it mounts the secret `multi-platform-ssh-<its name>`, which comes into
 * being once there is one. What is to be done is done there over SSH, in a container of the same image beside that machine's
 * podman, so that what is recorded of the host is that machine's.
 * @param script what a task runs
 * @param variables those that it reads
 */
export function overSsh(script: string, variables: readonly string[]): string {
  return `#!/bin/sh
set -eu
if [ -e /ssh/error ]; then cat /ssh/error >&2; exit 1; fi
umask 077
mkdir -p "$HOME/.ssh"
if [ -e /ssh/otp ]; then
  curl --silent --show-error --fail --cacert /ssh/otp-ca --data @/ssh/otp "$(cat /ssh/otp-server)" > "$HOME/.ssh/twinproof"
else
  cp /ssh/id_rsa "$HOME/.ssh/twinproof"
fi
host="$(cat /ssh/host)"
folder="$(cat /ssh/user-dir)"
# The machine is new, and nobody tells its key.
remote() { ssh -i "$HOME/.ssh/twinproof" -o StrictHostKeyChecking=no -o ServerAliveInterval=60 "$host" "$@"; }
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\\\\\''/g")"; }
remote "umask 077; mkdir -p $(quoted "$folder/work")"
if [ -e "$HOME/.docker/config.json" ]; then
  remote "cat > $(quoted "$folder/work/auth.json")" < "$HOME/.docker/config.json"
fi
WORK="$folder/work"
{
  for name in WORK ${variables.join(' ')}; do
    eval "value=\\$$name"
    printf 'export %s=%s\\n' "$name" "$(quoted "$value")"
  done
  printf 'export DOCKER_HOST=unix://%s TWINPROOF_CACHE=%s\\n' "$(quoted "$WORK/podman.sock")" "$(quoted "$WORK/cache")"
  printf 'export TWINPROOF_NODE=%s\\n' "$(quoted "$host")"
  printf 'if [ -e %s ]; then export REGISTRY_AUTH_FILE=%s; fi\\n' "$(quoted "$WORK/auth.json")" "$(quoted "$WORK/auth.json")"
  cat << 'END_OF_JOB'
${script}END_OF_JOB
} | remote "cat > $(quoted "$WORK/job.sh")"
remote "podman system service --time=0 unix://$(quoted "$WORK/podman.sock") > /dev/null 2>&1 < /dev/null &
  service=\\$!
  code=0
  podman run --rm --network host --security-opt label=disable --volume $(quoted "$folder:$folder") \\
    $(quoted "$IMAGE") sh $(quoted "$WORK/job.sh") || code=\\$?
  kill \\$service
  exit \\$code"
`;
}
