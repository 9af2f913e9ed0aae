import { stringify } from 'yaml';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** All that a run asks of the API, in one namespace. */
export const RULES: readonly Rule[] = [
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'list', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['list'] },
];

const NAME = 'twinproof';

/** What gives these rights to a service account of the name `twinproof`; for `kubectl apply`. */
export function rbacManifest(namespace: string): string {
  const metadata = { name: NAME, namespace };
  const group = 'rbac.authorization.k8s.io';
  const documents = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: RULES },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
    },
  ];
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}
