import { stringify } from 'yaml';
import type { Variant } from './table.ts';

/** The PipelineRun that builds a variant when something is pushed (docker-build-multi-platform-oci-ta). */
export function pipelineRun({ image, about, distro, name }: Variant): string {
  const component = `${image}-${distro}-${name}`;
  const hermetic = String(about.hermetic ?? true);
  const params = {
    'git-url': '{{source_url}}',
    revision: '{{revision}}',
    'output-image': `registry.example/hummingbird/${component}:{{revision}}`,
    'path-context': `images/${image}`,
    dockerfile: `${distro}/${name}/Containerfile`,
    'build-platforms': ['linux/x86_64'],
    hermetic,
    'prefetch-input': JSON.stringify({ type: 'rpm', path: `${distro}/${name}/rpms` }),
    'privileged-nested': 'true',
    'rewrite-timestamp': 'true',
    'omit-history': 'false',
  };
  return stringify({
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: {
      name: `${component}-on-push`,
      annotations: {
        'pipelinesascode.tekton.dev/on-cel-expression': 'event == "push" && target_branch == "main"',
      },
      labels: {
        'appstudio.openshift.io/application': 'hummingbird',
        'appstudio.openshift.io/component': component,
      },
    },
    spec: {
      params: Object.entries(params).map(([key, value]) => ({ name: key, value })),
      pipelineRef: { name: 'docker-build-multi-platform-oci-ta' },
    },
  });
}
