import type { CauseId } from '../../model/causes.ts';

/** What can be done to a stage without understanding it: a line after its FROM, or words in its RUN instructions. */
export type Rule =
  | { kind: 'head'; line: string; when?: RegExp }
  | { kind: 'words'; from: RegExp; to: string }
  | { kind: 'remove' }
  | { kind: 'empty' };

const EPOCH: Rule = { kind: 'head', line: 'ARG SOURCE_DATE_EPOCH' };

/** `date` without a date of its own; what it is told to print stays. */
const DATE: Rule = {
  kind: 'words',
  from: /(?<![\w/.-])date(?=[ )])(?![^)|;&\n]*(?: -[a-zA-Z]*d| --date| -r))(?: -u)?/g,
  to: 'date -u -d "@$SOURCE_DATE_EPOCH"',
};

const CLOCK: readonly Rule[] = [
  { kind: 'words', from: /SOURCE_DATE_EPOCH="?\$\(date \+%s\)"?\s+/g, to: '' },
  EPOCH,
  DATE,
];

const words = (from: RegExp, to: string): Rule => ({ kind: 'words', from, to });

/** The fixes of docs/causes.md that are a matter of words, by cause. */
export const RULES: Partial<Record<CauseId, readonly Rule[]>> = {
  'timestamp-metadata': CLOCK,
  'timestamp-content': [
    ...CLOCK,
    words(/\bgzip (?!-\S*n)/g, 'gzip -n '),
    words(/\bar rcU\b/g, 'ar rcD'),
    words(
      /\bjar --create(?! --date)/g,
      'jar --create --date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"',
    ),
    words(/datetime\('now'\)/g, "datetime($SOURCE_DATE_EPOCH, 'unixepoch')"),
  ],
  'shadow-date': CLOCK,
  'package-database': CLOCK,
  'python-bytecode': [
    words(/-m compileall(?!.*--invalidation-mode)/g, '-m compileall --invalidation-mode unchecked-hash'),
  ],
  'filesystem-identity': [
    EPOCH,
    words(
      /\bmke2fs (?!.*\s-U )/g,
      'E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH" mke2fs -U 00000000-0000-4000-8000-000000000001 -E hash_seed=00000000-0000-4000-8000-000000000002 ',
    ),
  ],
  initramfs: [
    ...CLOCK,
    words(/\bcpio (?!.*--reproducible)/g, 'cpio --reproducible '),
    words(/\| cpio/g, '| LC_ALL=C sort | cpio'),
  ],
  'entry-order': [
    words(/\|\s*tar (?=.*--files-from=-|.*-T ?-)/g, '| LC_ALL=C sort | tar '),
    words(/(?<!\| )\btar (?!.*--sort)(?=.*(?:--create|-?c\w*f))/g, 'tar --sort=name '),
  ],
  'hash-order': [
    { kind: 'head', line: 'ENV PYTHONHASHSEED=0', when: /python|\.py\b/ },
    words(/\bperl (?=-|\/|\S+\.pl)/g, 'PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0 perl '),
  ],
  parallelism: [words(/\bmake -j ?\S*/g, 'make -j1'), words(/(\bxargs\b[^\n|]*?) -P ?\d+/g, '$1')],
  'build-path': [
    words(/\b(gcc|cc|g\+\+|clang) (?!.*-f(?:file|debug)-prefix-map)/g, '$1 -ffile-prefix-map="$PWD"=. '),
  ],
  timezone: [words(/(?<![\w/.-])date (?!-u)/g, 'date -u ')],
  locale: [words(/(?<![\w/.=-])(?<!LC_ALL=C )sort(?= )/g, 'LC_ALL=C sort')],
  hostname: [words(/(?<![\w/.=-])hostname(?=\s*[)>|;&]|\s*$)/gm, 'echo localhost')],
  username: [words(/\$\{?(?:USER|LOGNAME)\}?(?!\w)/g, 'root'), words(/\$\{?HOME\}?(?!\w)/g, '/root')],
  umask: [words(/^RUN (?!umask)/g, 'RUN umask 022 && ')],
  cpu: [words(/(?<![\w/.-])nproc(?=\s*[)>|;&]|\s*$)/gm, 'echo 1'), words(/-march=native/g, '-march=x86-64')],
  kernel: [words(/(?<![\w/.-])uname -s?rv?(?=\s*[)>|;&]|\s*$)/gm, 'echo Linux')],
  'log-file': [{ kind: 'remove' }],
  'cache-file': [{ kind: 'remove' }],
  'identity-file': [{ kind: 'empty' }],
  randomness: [{ kind: 'remove' }],
};
