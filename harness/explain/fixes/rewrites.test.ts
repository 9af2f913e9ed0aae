import { describe, expect, it } from 'vitest';
import { difference } from '../../testing/explain/difference.ts';
import { textEntry } from '../../testing/explain/entry.ts';
import { fixRecipe } from './fix-recipe.ts';

const HEAD = 'FROM localhost/builder';
const EPOCH = 'ARG SOURCE_DATE_EPOCH\n';
const DATE = 'date -u -d "@$SOURCE_DATE_EPOCH"';

/** A recipe of one stage, fixed for one cause; without its FROM. */
function fixed(cause: string, recipe: string): string {
  const entry = {
    ...textEntry('etc/x', '1\n', '2\n'),
    causes: [{ id: cause, confidence: 'likely' as const, evidence: '', fix: '' }],
  };
  return fixRecipe(`${HEAD}\n${recipe}`, difference([entry])).text.slice(HEAD.length + 1);
}

/** Spellings that no fixture has. */
const CHANGED: [cause: string, before: string, after: string][] = [
  // clock
  [
    'timestamp-content',
    'RUN X=`/bin/date +%F`; echo "$X"',
    `${EPOCH}RUN X=\`/bin/date -u -d @$SOURCE_DATE_EPOCH +%F\`; echo "$X"`,
  ],
  ['timestamp-content', "RUN date '+%s' >/x", `${EPOCH}RUN ${DATE} '+%s' >/x`],
  ['timestamp-content', 'RUN date --utc>/x', `${EPOCH}RUN date -d "@$SOURCE_DATE_EPOCH" --utc>/x`],
  ['timestamp-content', 'run date -uR>/x', `${EPOCH}run date -d "@$SOURCE_DATE_EPOCH" -uR>/x`],
  ['timestamp-content', 'RUN date -Iseconds > /x', `${EPOCH}RUN ${DATE} -Iseconds > /x`],
  [
    'timestamp-content',
    'RUN if a; then\\\n  date; \\\n # and\n fi',
    `${EPOCH}RUN if a; then\\\n  ${DATE}; \\\n # and\n fi`,
  ],
  ['timestamp-content', "RUN sh -ec 'date > /x'", `${EPOCH}RUN sh -ec '${DATE} > /x'`],
  ['timestamp-content', 'RUN find /a -exec date \\; -print', `${EPOCH}RUN find /a -exec ${DATE} \\; -print`],
  ['timestamp-content', 'RUN case "$A" in x|y) date;; esac', `${EPOCH}RUN case "$A" in x|y) ${DATE};; esac`],
  ['timestamp-content', 'RUN <<EOF\nset -e\ndate > /x\nEOF', `${EPOCH}RUN <<EOF\nset -e\n${DATE} > /x\nEOF`],
  [
    'timestamp-content',
    'RUN --mount=type=cache,target=/c date',
    `${EPOCH}RUN --mount=type=cache,target=/c ${DATE}`,
  ],
  [
    'shadow-date',
    'RUN SOURCE_DATE_EPOCH="`date +%s`" useradd a',
    `${EPOCH}RUN SOURCE_DATE_EPOCH="\`date -u -d @$SOURCE_DATE_EPOCH +%s\`" useradd a`,
  ],
  [
    'shadow-date',
    '# ARG SOURCE_DATE_EPOCH\nRUN useradd a\nARG SOURCE_DATE_EPOCH',
    `${EPOCH}# ARG SOURCE_DATE_EPOCH\nRUN useradd a\nARG SOURCE_DATE_EPOCH`,
  ],
  [
    'timestamp-content',
    'RUN for a in b; do echo > "x $(date)"; done',
    `${EPOCH}RUN for a in b; do echo > "x $(${DATE})"; done`,
  ],
  // packers
  ['timestamp-content', 'RUN /usr/bin/gzip -9c x>y', `${EPOCH}RUN /usr/bin/gzip -n -9c x>y`],
  [
    'timestamp-content',
    'RUN find /a -print0 | xargs -0 -n1 gzip',
    `${EPOCH}RUN find /a -print0 | xargs -0 -n1 gzip -n`,
  ],
  ['timestamp-content', 'RUN pigz --best x', `${EPOCH}RUN pigz -n --best x`],
  ['timestamp-content', 'RUN ar -rUcs a.a b.o', `${EPOCH}RUN ar -rDcs a.a b.o`],
  ['timestamp-content', 'RUN x86_64-linux-gnu-ar q a.a b.o', `${EPOCH}RUN x86_64-linux-gnu-ar qD a.a b.o`],
  ['timestamp-content', 'RUN gcc-ar -U -r -c a.a b.o', `${EPOCH}RUN gcc-ar -D -r -c a.a b.o`],
  [
    'timestamp-content',
    'RUN jar cvf a.jar -C x .',
    `${EPOCH}RUN jar --create --date "$(${DATE} +%Y-%m-%dT%H:%M:%SZ)" -v -f a.jar -C x .`,
  ],
  [
    'timestamp-content',
    'RUN jar -c -f a.jar x',
    `${EPOCH}RUN jar --date "$(${DATE} +%Y-%m-%dT%H:%M:%SZ)" -c -f a.jar x`,
  ],
  [
    'timestamp-content',
    `RUN sqlite3 a.db "select strftime('%s', 'now'), DATE( 'now' , 'utc')"`,
    `${EPOCH}RUN sqlite3 a.db "select strftime('%s', $SOURCE_DATE_EPOCH, 'unixepoch'), DATE( $SOURCE_DATE_EPOCH, 'unixepoch' , 'utc')"`,
  ],
  ['entry-order', 'RUN tar czf a.tgz -C /b .', 'RUN tar czf a.tgz --sort=name -C /b .'],
  ['entry-order', 'RUN tar -C /b -cJf a.txz .', 'RUN tar --sort=name -C /b -cJf a.txz .'],
  ['entry-order', 'RUN ls | tar cTf - a.tar', 'RUN ls | LC_ALL=C sort | tar cTf - a.tar'],
  [
    'entry-order',
    'RUN find . -print0 | tar -c --null -T- -f a',
    'RUN find . -print0 | LC_ALL=C sort -z | tar -c --null -T- -f a',
  ],
  [
    'initramfs',
    'RUN (cd /i; find .) | /usr/bin/cpio -oHnewc',
    `${EPOCH}RUN (cd /i; find .) | LC_ALL=C sort | /usr/bin/cpio --reproducible -oHnewc`,
  ],
  [
    'filesystem-identity',
    'RUN mkfs.ext4 -qE lazy_itable_init=0 a',
    `${EPOCH}RUN E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH" mkfs.ext4 -U 00000000-0000-4000-8000-000000000001 -qE lazy_itable_init=0,hash_seed=00000000-0000-4000-8000-000000000002 a`,
  ],
  // jobs
  ['parallelism', 'RUN gmake -kj 8 -C src', 'RUN gmake -kj1 -C src'],
  ['parallelism', 'RUN make all -j"$(nproc)"', 'RUN make all -j1'],
  ['parallelism', 'RUN make -j $(nproc) all', 'RUN make -j1 all'],
  ['parallelism', 'RUN make --jobs=4 a && ninja -j4', 'RUN make --jobs=1 a && ninja -j1'],
  ['parallelism', 'RUN ls | xargs -0P 4 x', 'RUN ls | xargs -0P 1 x'],
  ['parallelism', 'RUN ls | xargs --max-procs=4 x -P 9', 'RUN ls | xargs --max-procs=1 x -P 1'],
  // programs
  [
    'python-bytecode',
    'RUN python3.11 -Im compileall -q /a',
    'RUN python3.11 -Im compileall --invalidation-mode unchecked-hash -q /a',
  ],
  [
    'python-bytecode',
    'RUN /opt/bin/python -mcompileall /a',
    'RUN /opt/bin/python -mcompileall --invalidation-mode unchecked-hash /a',
  ],
  [
    'hash-order',
    'RUN cat a | /usr/bin/perl b',
    'RUN cat a | PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0 /usr/bin/perl b',
  ],
  ['hash-order', 'RUN ./make-list.py > a', 'ENV PYTHONHASHSEED=0\nRUN ./make-list.py > a'],
  [
    'build-path',
    'RUN aarch64-linux-gnu-gcc-12 -c a.c',
    'RUN aarch64-linux-gnu-gcc-12 -ffile-prefix-map="$PWD"=. -c a.c',
  ],
  ['build-path', 'RUN CGO_ENABLED=0 go build ./...', 'RUN CGO_ENABLED=0 go build -trimpath ./...'],
  ['locale', 'RUN cut -d: -f1 a|sort -u>b', 'RUN cut -d: -f1 a|LC_ALL=C sort -u>b'],
  ['locale', 'RUN find . | xargs sort', 'RUN find . | LC_ALL=C xargs sort'],
  ['timezone', 'RUN date -d @0', 'RUN date -u -d @0'],
  ['hostname', 'RUN echo "$(/bin/hostname -f) x"', 'RUN echo "$(echo localhost) x"'],
  ['hostname', 'RUN uname -n>a', 'RUN echo localhost>a'],
  [
    'username',
    'RUN echo ${LOGNAME} "$HOME/x" `whoami` $(id -u -n)',
    'RUN echo root "/root/x" `echo root` $(echo root)',
  ],
  ['umask', 'RUN echo a >b &', 'RUN umask 022; echo a >b &'],
  ['umask', 'RUN <<EOF\n#!/bin/sh\n\na || b\nEOF', 'RUN <<EOF\n#!/bin/sh\n\numask 022; a || b\nEOF'],
  ['cpu', 'RUN echo $(nproc --all) $(getconf _NPROCESSORS_ONLN)', 'RUN echo $(echo 1) $(echo 1)'],
  [
    'cpu',
    'RUN CFLAGS="-O2 -march=native" ./configure && cc -mtune=native a.c',
    'RUN CFLAGS="-O2 " ./configure && cc a.c',
  ],
  ['kernel', 'RUN uname --kernel-release > a; uname -a', 'RUN echo Linux > a; echo Linux'],
  // removing
  ['log-file', 'RUN make;', 'RUN make; rm -rf /etc/x'],
  ['log-file', 'RUN find / -exec rm {} \\;', 'RUN find / -exec rm {} \\; && rm -rf /etc/x'],
  ['log-file', 'RUN <<EOF\nmake\nEOF', 'RUN <<EOF\nmake\nrm -rf /etc/x\nEOF'],
  ['log-file', 'RUN cat <<EOF > a\nb\nEOF', 'RUN cat <<EOF > a && rm -rf /etc/x\nb\nEOF'],
];

/** What looks like it and is something else. */
const LEFT: [cause: string, recipe: string][] = [
  ...[
    'RUN date --dat=@0',
    'RUN date -ud@0',
    'RUN date -r /x',
    'RUN date 010203042026',
    'RUN apt-get install date gzip ar jar tar',
    'RUN echo date; cat /etc/date',
    "RUN echo '$(date)'",
    'RUN echo \\$\\(date\\) # $(date)',
    'RUN ./update && my-date && date.sh',
    'RUN ["date"]',
    'RUN cat <<EOF > /x\ngzip x\nEOF',
    'RUN python3 <<EOF\ndate\nEOF',
    'RUN gzip -cn x && gzip --no-name x && gzip -dc x && zgzip x',
    'RUN ar x a.a && ar t a.a && ar rcD a.a b.o',
    'RUN jar xf a.jar && jar --list --file a.jar && jar --create --date=1 --file a.jar b',
    `RUN sqlite3 a.db "insert into a values ('datetime(''now'')', 'now')" && echo "datetime('now')"`,
    'RUN echo "unfinished',
    'COPY date /date',
  ].map((recipe): [string, string] => ['timestamp-content', `ARG SOURCE_DATE_EPOCH\n${recipe}`]),
  ['timestamp-content', 'ENV SOURCE_DATE_EPOCH=5\nRUN useradd a'],
  ['entry-order', 'RUN tar xf a.tar && tar --sort=none -cf b . && bsdtar -cf c . && tar tf a'],
  ['entry-order', 'RUN ls | sort -r | tar -c -T - -f a'],
  ['initramfs', 'ARG SOURCE_DATE_EPOCH\nRUN rpm2cpio a | cpio -idm && cpio -pd b'],
  ['filesystem-identity', 'ARG SOURCE_DATE_EPOCH\nRUN e2fsck a && apt-get install mkfs.ext4'],
  ['parallelism', 'RUN make -C dir-j8 && make -j1 && cmake -j8 && xargs -n 4 x && make -f a.mk'],
  ['python-bytecode', "RUN python3 -c 'x -m compileall' -m compileall && pip install -m compileall"],
  ['python-bytecode', 'RUN python3 -m compileall --invalidation-mode=checked-hash .'],
  ['hash-order', 'RUN PERL_HASH_SEED=1 perl a && apt-get install perl python3'],
  ['build-path', 'RUN gcc --version && gcc -fdebug-prefix-map=/a=b -c a.c && go test ./... && distcc -j'],
  ['locale', 'RUN LC_ALL=C.UTF-8 sort a && env LC_ALL=C sort a && ls --sort=size && /x/sorted'],
  ['locale', 'RUN export LC_ALL=C; sort a'],
  ['locale', 'ENV LC_ALL=C.UTF-8\nRUN sort a'],
  ['timezone', 'RUN TZ=UTC date && date -Ru'],
  ['hostname', 'RUN hostname new-name && hostname -I && uname -m && cat /etc/hostname'],
  ['username', "RUN echo '$USER' \\$HOME $USERNAME ${USER:-x} && id -u && id -un root"],
  ['username', 'ENV HOME=/app\nRUN echo $HOME'],
  ['username', 'RUN USER=app; echo $USER'],
  ['umask', 'RUN a && umask 077 && b'],
  ['umask', 'RUN ["mkdir", "/a"]'],
  ['cpu', "RUN nprocs && getconf PAGESIZE && echo -march=native && grep -e '-march=native' a"],
  ['kernel', 'RUN uname -m && uname -s && uname -rm && ./uname.sh -r'],
  ['log-file', 'RUN make # with a comment'],
  ['log-file', 'RUN ["make"]'],
];

describe('rewrites', () => {
  it.each(CHANGED)('%s: %j', (cause, before, after) => {
    expect(fixed(cause, before)).toBe(after);
    expect(fixed(cause, after)).toBe(after);
  });

  it.each(LEFT)('%s leaves %j', (cause, recipe) => {
    expect(fixed(cause, recipe)).toBe(recipe);
  });
});
