import { readOptions } from './options.ts';
import { type Rewrite, addOption, insert, instead, program, replace, setFor } from './rewrite.ts';

const PYTHON = /^python[\d.]*$/;

/** `python3 -m compileall`, also as `-mcompileall` or behind other options. */
export const COMPILEALL = program(PYTHON, '--invalidation-mode unchecked-hash', ({ arguments: words }) => {
  const { options } = readOptions(words, { values: 'mcWX', long: ['invalidation-mode'] });
  const first = options.find(({ name }) => name === 'm' || name === 'c');
  if (first?.name !== 'm' || first.value !== 'compileall') return [];
  const given = words.some(({ prefix }) => prefix.startsWith('--invalidation-mode'));
  return given ? [] : [insert((first.valueWord ?? first.word).end, ' --invalidation-mode unchecked-hash')];
});

export const HASH_SEED: Rewrite = {
  kind: 'variable',
  does: 'ENV PYTHONHASHSEED=0',
  instruction: 'ENV PYTHONHASHSEED=0',
  name: 'PYTHONHASHSEED',
  when: ({ name }) => PYTHON.test(name) || name.endsWith('.py'),
};

export const PERL_SEED = program(/^perl[\d.]*$/, 'PERL_HASH_SEED=0 perl', (invocation, set) =>
  set.has('PERL_HASH_SEED') ? [] : setFor(invocation, 'PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0'),
);

/** Programs that run jobs at once, one after another. */
/** How many jobs, where that is a word of its own; any other word would be a target. */
const isNumber = (text: string): boolean => /^\d+$/.test(text) || /^["$`].*(?:nproc|jobs|cpus)/i.test(text);

export const MAKE = program(/^(?:g?make|ninja)$/, 'make -j1', ({ arguments: words }) => {
  const { options } = readOptions(words, { values: 'CfIoW', attached: 'jl', long: ['directory', 'file'] });
  return options.flatMap(({ name, value, word, at }) => {
    const next = words[words.indexOf(word) + 1];
    const apart = next !== undefined && isNumber(next.text) ? next : null;
    if (name === 'jobs') {
      if (value !== null) return value === '1' ? [] : [replace(word, '--jobs=1')];
      return [{ start: word.start, end: (apart ?? word).end, text: '--jobs=1' }];
    }
    if (name !== 'j' || !word.text.startsWith(word.prefix)) return [];
    const own = word.text.slice(at + 1);
    const number = own === '' ? apart : null;
    if ((number?.text ?? own) === '1') return [];
    return [{ start: word.start + at, end: (number ?? word).end, text: 'j1' }];
  });
});

export const XARGS = program(/^xargs$/, 'xargs -P 1', ({ arguments: words }) => {
  const { options } = readOptions(words, { values: 'nPILsdaE', long: ['max-procs'] });
  return options.flatMap(({ name, value, word, at, valueWord }) => {
    if (value === '1' || (name !== 'P' && name !== 'max-procs')) return [];
    if (valueWord !== null) return [replace(valueWord, '1')];
    if (name === 'max-procs') return [replace(word, '--max-procs=1')];
    return word.text.startsWith(word.prefix) ? [{ start: word.start + at, end: word.end, text: 'P1' }] : [];
  });
});

const COMPILER = /^(?:[\w.]+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-[\d.]+)?$/;

export const PREFIX_MAP = program(COMPILER, '-ffile-prefix-map="$PWD"=.', (invocation) => {
  const words = invocation.arguments;
  const compiles = words.some(({ prefix }) => !prefix.startsWith('-'));
  const mapped = words.some(({ prefix }) => /^-f(?:file|debug|macro)-prefix-map=/.test(prefix));
  return compiles && !mapped ? addOption(invocation, '-ffile-prefix-map="$PWD"=.') : [];
});

export const TRIMPATH = program(/^go$/, 'go build -trimpath', ({ arguments: words }) => {
  const [command] = words;
  const builds = command?.literal === 'build' || command?.literal === 'install';
  const given = words.some(({ prefix }) => /^--?trimpath/.test(prefix));
  return command === undefined || !builds || given ? [] : [insert(command.end, ' -trimpath')];
});

/** What compiles for the CPU at hand, in commands of compilers and in variables such as CFLAGS. */
export const NATIVE_CODE: Rewrite = {
  kind: 'shell',
  does: 'without -march=native',
  edits: ({ commands }) =>
    commands.flatMap(({ words, assignments }) => {
      const isCompiler = COMPILER.test((words[0]?.literal ?? '').replace(/^.*\//, ''));
      const options = isCompiler ? words.filter(({ text }) => /^-m(?:arch|tune|cpu)=native$/.test(text)) : [];
      const flags = [...assignments, ...words].filter(({ text }) => /^\w*FLAGS\+?=/.test(text));
      return [
        ...options.map(({ start, end }) => ({ start: start - 1, end, text: '' })),
        ...flags.flatMap(({ text, start }) =>
          [...text.matchAll(/(?<=[="' ])-m(?:arch|tune|cpu)=native(?=["' ]|$)/g)].map(
            ({ index, 0: found }) => ({
              start: start + index,
              end: start + index + found.length,
              text: '',
            }),
          ),
        ),
      ];
    }),
};

export const NPROC = program(/^(?:nproc|getconf)$/, 'echo 1', (invocation) => {
  const { name, arguments: words } = invocation;
  const counts = name === 'nproc' || /^_NPROCESSORS_(?:ONLN|CONF)$/.test(words[0]?.literal ?? '');
  return counts ? instead(invocation, 'echo 1') : [];
});

const UNAME = { s: 's', 'kernel-name': 's', n: 'n', nodename: 'n', r: 'r', 'kernel-release': 'r' } as const;
const UNAME_MORE = { v: 'v', 'kernel-version': 'v', a: 'a', all: 'a' } as const;

/** What a call of uname asks for, as letters; empty where it asks for something else, too. */
function asked(words: Parameters<typeof readOptions>[0]): string {
  const { options, operands } = readOptions(words);
  const known: Partial<Record<string, string>> = { ...UNAME, ...UNAME_MORE };
  const letters = options.map(({ name }) => known[name]);
  return operands.length > 0 || letters.includes(undefined) ? '' : letters.join('');
}

export const UNAME_RELEASE = program(/^uname$/, 'echo Linux', (invocation) => {
  const letters = asked(invocation.arguments);
  return /[rva]/.test(letters) && !letters.includes('n') ? instead(invocation, 'echo Linux') : [];
});

/** `hostname` that asks, and `uname -n`; with a name it would set one, and -i and -I ask for addresses. */
export const HOSTNAME = program(/^(?:hostname|uname)$/, 'echo localhost', (invocation) => {
  const { name, arguments: words } = invocation;
  const { options, operands } = readOptions(words);
  const names = options.every((option) => ['f', 's', 'fqdn', 'long', 'short'].includes(option.name));
  const asks = name === 'uname' ? /^n+$/.test(asked(words)) : operands.length === 0 && names;
  return asks ? instead(invocation, 'echo localhost') : [];
});

export const SORT = program(/^sort$/, 'LC_ALL=C sort', (invocation, set) =>
  set.has('LC_ALL') ? [] : setFor(invocation, 'LC_ALL=C'),
);

const USER: Partial<Record<string, string>> = { USER: 'root', LOGNAME: 'root', HOME: '/root' };

/** `$USER` and `$HOME`, unless the recipe itself says what they are. */
export const USER_VARIABLES: Rewrite = {
  kind: 'shell',
  does: 'root and /root for $USER and $HOME',
  edits: ({ expansions, commands }, set) => {
    const own = new Set([
      ...set,
      ...commands.flatMap(({ assignments }) => assignments.map(({ name }) => name)),
    ]);
    return expansions.flatMap((expansion) => {
      const text = USER[expansion.name];
      return text === undefined || own.has(expansion.name) ? [] : [replace(expansion, text)];
    });
  },
};

export const WHOAMI = program(/^(?:whoami|logname|id)$/, 'echo root', (invocation) => {
  const { options, operands } = readOptions(invocation.arguments);
  const letters = options
    .map(({ name }) => name)
    .toSorted()
    .join();
  const asks = invocation.name === 'id' ? letters === 'n,u' : options.length === 0;
  return asks && operands.length === 0 ? instead(invocation, 'echo root') : [];
});

/** At the beginning, so that it holds for all that follows, whatever joins it. */
export const UMASK: Rewrite = {
  kind: 'shell',
  does: 'umask 022',
  edits: ({ commands, start }) =>
    commands.some(({ words }) => words[0]?.literal === 'umask') || commands.length === 0
      ? []
      : [insert(start, 'umask 022; ')],
};
