/** Headings of `--help`, in their order. */
export const GROUPS = {
  check: 'Check images:',
  why: 'Find out why:',
  system: 'Operating systems:',
  results: 'Use results:',
  published: 'Published images:',
  machine: 'This machine:',
} as const;

export interface About {
  group: keyof typeof GROUPS;
  /** Arguments of commands that work as they stand, names of images and runs apart. */
  examples: readonly string[];
  /** What exit codes 0 and 1 mean; null where there is no 1. 2 is always that something could not be checked or done. */
  exits: readonly [zero: string, one: string | null];
  /** What 2 means, where that is more to the point. */
  two?: string;
}

const DONE: About['exits'] = ['it is done', null];
const HOLDS: About['exits'] = [
  'everything that was asked was checked and holds',
  'something was checked and does not hold',
];

/** What `--help`, man pages and the reference say of a command beyond its arguments and options. */
export const ABOUT: Readonly<Record<string, About>> = {
  init: {
    group: 'check',
    examples: ['init', 'init images/nginx/Containerfile --dry-run'],
    exits: ['the catalog can be verified as it is', 'something in the Containerfile must change first'],
    two: 'nothing was written',
  },
  verify: {
    group: 'check',
    examples: ['verify', "verify my.catalog.yaml --image 'nginx/*' --claim reproducible"],
    exits: HOLDS,
  },
  lock: {
    group: 'check',
    examples: ['lock my.catalog.yaml', 'lock my.catalog.yaml --check'],
    exits: ['the locks are up to date', 'with --check: a lock is not up to date'],
    two: 'a lock could not be resolved; none was written',
  },
  job: {
    group: 'check',
    examples: ['job prepare nginx --catalog my.catalog.yaml --out prepared'],
    exits: DONE,
  },
  'job prepare': {
    group: 'check',
    examples: ['job prepare nginx --catalog my.catalog.yaml --out prepared'],
    exits: DONE,
  },
  'job build': {
    group: 'check',
    examples: ['job build prepared --twin A --catalog my.catalog.yaml --out A'],
    exits: ['the build was made and recorded, be it a failed one', null],
  },
  'job judge': {
    group: 'check',
    examples: ['job judge prepared A B --catalog my.catalog.yaml'],
    exits: HOLDS,
  },
  'job merge': { group: 'check', examples: ['job merge runs/one runs/two'], exits: HOLDS },
  'job push': {
    group: 'check',
    examples: ['job push prepared registry.example/team/jobs:prepared'],
    exits: DONE,
  },
  'job pull': {
    group: 'check',
    examples: ['job pull registry.example/team/jobs:prepared elsewhere'],
    exits: DONE,
  },
  emit: { group: 'check', examples: ['emit tekton my.catalog.yaml --out tekton'], exits: DONE },
  'emit tekton': { group: 'check', examples: ['emit tekton my.catalog.yaml --out tekton'], exits: DONE },
  diff: {
    group: 'why',
    examples: ['diff oci:a oci:b', 'diff oci:a docker://registry.example/b:1 --rung tree'],
    exits: ['the images are equal at the rung that was asked for', 'they differ'],
    two: 'they could not be compared',
  },
  explain: {
    group: 'why',
    examples: ['explain nginx', 'explain oci:a oci:b', 'explain nginx --check-fixes my.catalog.yaml'],
    exits: ['nothing differs; with --check-fixes: all are equal now', 'something differs'],
    two: 'it could not be compared or built',
  },
  bisect: {
    group: 'why',
    examples: ['bisect nginx --catalog my.catalog.yaml'],
    exits: ['nothing that was varied makes it differ', 'something does'],
    two: 'it could not be built',
  },
  reproduce: {
    group: 'why',
    examples: ['reproduce nginx', 'reproduce nginx --run results/runs/RUN'],
    exits: ['the builds are as recorded', 'a build is not as recorded'],
    two: 'it could not be built from the same things',
  },
  boot: {
    group: 'system',
    examples: ['boot oci:my-os', 'boot disk.qcow2', 'boot oci:my-os --shell'],
    exits: HOLDS,
  },
  report: {
    group: 'results',
    examples: [
      'report results/runs/RUN',
      'report shard-1 shard-2 --format html --format junit --out reports',
    ],
    exits: ['everything holds, or --no-exit-code was given', 'something does not hold'],
  },
  gate: {
    group: 'results',
    examples: ['gate results/runs/RUN --baseline baseline/run.jsonl'],
    exits: ['nothing got worse', 'something got worse'],
    two: 'something could not be checked',
  },
  attest: {
    group: 'results',
    examples: ['attest results/runs/RUN --key key.pem --out attestations.jsonl'],
    exits: DONE,
  },
  'verify-attestation': {
    group: 'results',
    examples: ['verify-attestation attestations.jsonl --key key.pub --require REPRODUCIBLE'],
    exits: [
      'all statements are genuine, and say what --require asks for',
      'something is not genuine, or not as required',
    ],
  },
  audit: {
    group: 'published',
    examples: [
      'audit docker://registry.example/image:1 --key key.pub',
      'audit docker://registry.example/image:1 --key key.pub --bundle bundle',
    ],
    exits: HOLDS,
  },
  replay: {
    group: 'published',
    examples: ['replay bundle', 'replay bundle --key key.pub'],
    exits: ['everything holds, as it is recorded', 'something does not hold, or came out otherwise'],
    two: 'something could not be checked, or is not in the bundle',
  },
  sbom: {
    group: 'published',
    examples: ['sbom oci:a', 'sbom oci:a --format spdx-json', 'sbom oci:a --check a.spdx.json'],
    exits: ['it is done; with --check: the SBOM is right', 'with --check: it is not'],
  },
  doctor: {
    group: 'machine',
    examples: ['doctor', 'doctor --for verify'],
    exits: ['nothing is missing', null],
    two: 'something is missing',
  },
  clean: { group: 'machine', examples: ['clean'], exits: DONE },
  completion: {
    group: 'machine',
    examples: ['completion bash > ~/.local/share/bash-completion/completions/twinproof'],
    exits: DONE,
  },
};
