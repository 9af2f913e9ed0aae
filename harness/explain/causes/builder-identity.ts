import { pointerClaim, valueText } from '../pointer.ts';
import type { PointerExplainer } from '../types.ts';

const FIX = 'pin the builder by digest; buildah bud --identity-label=false; one media type: --format oci';

const LABELS =
  /\/(?:io\.buildah\.version|com\.docker\.[\w.-]+|moby\.buildkit\.[\w.~-]+|buildkit~1[\w.~-]+|io\.containerd\.[\w.~-]+|org\.opencontainers\.image\.(?:base\.name|ref\.name))$/;
const FIELDS = /^\/(?:docker_version|author|container|container_config(?:\/.*)?|history\/\d+\/author)$/;

/** Name or version of the build tool, and what only it decides. */
export const builderIdentity: PointerExplainer = {
  id: 'builder-identity',
  explain(diff) {
    const types = /(?:^|\/)mediaType$/.test(diff.pointer);
    const docker = types && [diff.a, diff.b].some((value) => valueText(value).includes('vnd.docker.'));
    if (!docker && !LABELS.test(diff.pointer) && !FIELDS.test(diff.pointer)) return null;
    const why = docker
      ? "one has Docker's media types, the other OCI's"
      : 'what the build tool says of itself';
    return pointerClaim(diff, 'likely', { why, fix: FIX });
  },
};
