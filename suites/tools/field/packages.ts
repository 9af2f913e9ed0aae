import { sha256Hex } from '../../../harness/model/digest.ts';

/** Software of others that is built here: a source release of PyPI, or a source package of Debian. */
export interface FieldPackage {
  registry: 'pypi' | 'debian';
  name: string;
}

/** Built by setuptools alone, or by make and a C compiler alone: that is what the builder has. */
const PYPI =
  'docopt six simplejson pyyaml markupsafe tabulate toml ply pycparser pexpect chardet decorator future docutils pytz python-dateutil jsonpointer jsonpatch html2text unidiff xmltodict peewee bottle texttable wcwidth psutil mock nose2 pyparsing termcolor colorama idna certifi requests webencodings cssselect feedparser markdown mistune pygments regex ujson msgpack lxml greenlet cffi setproctitle zope.interface wrapt lazy-object-proxy bitarray blinker itsdangerous pyserial pysocks httplib2 oauthlib rsa pyasn1 sortedcontainers';
const DEBIAN =
  'tree lz4 xxhash figlet hello time which dash bc ed patch gzip sed grep diffutils cpio m4 less pigz zopfli ncompress lzop lzip pv datamash units wdiff tofrodos bzip2 unrar-free mawk byacc entr rlwrap hashdeep ent rhash libyaml zlib libcap-ng popt expat jansson libconfuse liblo cjson';

const number = (seed: number, text: string): number =>
  Number.parseInt(sha256Hex(`${seed} ${text}`).slice(0, 8), 16);

/** As many packages as are asked for, the registries in turn; a new seed is other software. */
export function drawn(seed: number, count: number): FieldPackage[] {
  const order = (registry: FieldPackage['registry'], names: string): FieldPackage[] =>
    names
      .split(' ')
      .map((name) => ({ registry, name }))
      .toSorted((a, b) => number(seed, `${registry} ${a.name}`) - number(seed, `${registry} ${b.name}`));
  const [pypi, debian] = [order('pypi', PYPI), order('debian', DEBIAN)];
  const both = Array.from({ length: Math.max(pypi.length, debian.length) }, (_, at) =>
    [pypi[at], debian[at]].filter((found) => found !== undefined),
  );
  return both.flat().slice(0, count);
}
