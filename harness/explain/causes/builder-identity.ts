import type { PointerDiff } from '../../compare/types.ts';
import { pointerClaim, valueText } from '../pointer.ts';
import type { PointerExplainer } from '../types.ts';

const FIX = 'pin the builder by digest; buildah bud --identity-label=false; one media type: --format oci';

const LABELS =
  /\/(?:io\.buildah\.version|com\.docker\.[\w.-]+|moby\.buildkit\.[\w.~-]+|buildkit~1[\w.~-]+|io\.containerd\.[\w.~-]+|org\.opencontainers\.image\.(?:base\.name|ref\.name))$/;
const FIELDS = /^\/(?:docker_version|author|container|container_config(?:\/.*)?|history\/\d+\/author)$/;

/** What Docker's builders write into the config beside the fields of the image specification. */
const DOCKER_ONLY =
  /^\/config\/(?:Attach(?:Stdin|Stdout|Stderr)|Domainname|Tty|OpenStdin|StdinOnce|OnBuild|ArgsEscaped|NetworkDisabled|MacAddress)$/;

/** A field that says nothing, and that the other tool leaves out. */
function isEmptyOrAbsent({ pointer, a, b }: PointerDiff): boolean {
  if (!/^\/(?:config|os\.\w+|variant|author)(?:\/\w+)?$/.test(pointer)) return false;
  const one = a === undefined ? b : a;
  return (a === undefined || b === undefined) && /^(?:null|false|""|\{\}|\[\])$/.test(JSON.stringify(one));
}

/** Name or version of the build tool, and what only it decides. */
export const builderIdentity: PointerExplainer = {
  id: 'builder-identity',
  explain(diff) {
    const types = /(?:^|\/)mediaType$/.test(diff.pointer);
    const docker = types && [diff.a, diff.b].some((value) => valueText(value).includes('vnd.docker.'));
    const form = DOCKER_ONLY.test(diff.pointer) || isEmptyOrAbsent(diff);
    if (!docker && !form && !LABELS.test(diff.pointer) && !FIELDS.test(diff.pointer)) return null;
    const why = docker
      ? "one has Docker's media types, the other OCI's"
      : form
        ? 'only how the build tool writes the config'
        : 'what the build tool says of itself';
    return pointerClaim(diff, 'likely', { why, fix: FIX });
  },
};
