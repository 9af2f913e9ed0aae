import type { Catalog, Subject } from '../../catalog/types.ts';

/** A subject for tests; nothing that it names needs to exist. */
export function testSubject(image: string, more: Partial<Subject> = {}): Subject {
  const variant = more.variant ?? 'default';
  return {
    id: `${image}/${variant}@linux/amd64`,
    image,
    variant,
    platform: { os: 'linux', architecture: 'amd64' },
    recipe: { kind: 'command', command: ['x'], context: `/c/${image}`, environment: {} },
    lock: null,
    builder: { kind: 'image', reference: 'x:1', resolve: false, place: null },
    claims: { reproducible: { made: true }, hermetic: { made: false, reason: 'why' } },
    sourceDateEpoch: 0,
    limits: { memory: 1, processes: 1, time: 1, scratch: 1, log: 1 },
    smoke: null,
    place: null,
    ...more,
  };
}

/** A catalog of them. */
export function testCatalog(subjects: Subject[]): Catalog {
  return {
    name: 't',
    file: '/c/catalog.yaml',
    root: '/c',
    subjects,
    origins: [],
    builtPackages: [],
    whenGone: 'error',
  };
}
