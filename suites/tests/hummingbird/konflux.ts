import { stringify } from 'yaml';
import type { Variant } from './table.ts';

const componentOf = ({ image, distro, name }: Variant): string => `${image}-${distro}-${name}`;

/** What Konflux knows a variant as. */
export function componentDefinition(variant: Variant): string {
  const { image, distro, name } = variant;
  const git = {
    url: 'https://git.example/hummingbird/containers.git',
    revision: 'main',
    context: `images/${image}`,
    dockerfileUrl: `${distro}/${name}/Containerfile`,
  };
  return stringify({
    apiVersion: 'appstudio.redhat.com/v1alpha1',
    kind: 'Component',
    metadata: { name: componentOf(variant) },
    spec: { application: 'hummingbird', componentName: componentOf(variant), source: { git } },
  });
}

/** The PipelineRun that builds a variant when something is pushed (docker-build-multi-platform-oci-ta). */
export function pipelineRun(variant: Variant): string {
  const { image, about, distro, name, folder } = variant;
  const component = componentOf(variant);
  const hermetic = String(about.hermetic ?? true);
  const params = {
    'git-url': '{{source_url}}',
    revision: '{{revision}}',
    'output-image': `registry.example/hummingbird/${component}:{{revision}}`,
    'path-context': `images/${image}`,
    dockerfile: `${distro}/${name}/Containerfile`,
    'build-platforms': ['linux/x86_64'],
    hermetic,
    'prefetch-input': JSON.stringify({ type: 'rpm', path: `${folder}/rpms` }),
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
