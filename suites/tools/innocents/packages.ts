import { execa } from 'execa';
import { sha256Hex } from '../../../harness/model/digest.ts';
import type { DebianSuites } from './debian.ts';

/** A package of which two releases are compared: their sources differ, and no build made them differ. */
export interface Innocent {
  registry: 'npm' | 'pypi' | 'debian';
  name: string;
}

const NPM =
  'express lodash chalk axios prettier moment react typescript yargs uuid semver pug undici commander debug glob rollup vue jquery mocha ejs ws eslint webpack marked dayjs ramda async bluebird underscore fastify koa handlebars rxjs luxon';
const PYPI =
  'requests flask click pyyaml psutil attrs certifi pytz werkzeug jinja2 markupsafe pip setuptools docutils six pyparsing chardet pexpect simplejson packaging urllib3 idna rich httpx pytest tornado babel mako pygments lxml numpy cryptography aiohttp sqlalchemy paramiko';
const DEBIAN =
  'sed gzip grep findutils diffutils less nano file patch make zip unzip xz-utils bzip2 zstd jq tree curl wget rsync openssl iproute2 procps psmisc util-linux lsof strace gawk mawk bc dc hostname man-db groff-base logrotate cron sudo tmux screen sqlite3 gettext-base fontconfig-config perl-base liblz4-1 libxml2-utils xsltproc bind9-dnsutils tcpdump';

const named = (registry: Innocent['registry'], names: string): Innocent[] =>
  names.split(' ').map((name) => ({ registry, name }));

const number = (seed: number, text: string): number =>
  Number.parseInt(sha256Hex(`${seed} ${text}`).slice(0, 8), 16);

/** As many packages as are asked for, another choice for each seed. */
export function drawn(seed: number, count: number): Innocent[] {
  const all = [...named('npm', NPM), ...named('pypi', PYPI), ...named('debian', DEBIAN)];
  return all.toSorted((a, b) => number(seed, a.name) - number(seed, b.name)).slice(0, count);
}

/** Releases, without what was published for trying out; the newest first. */
async function releases({ registry, name }: Innocent, debian: DebianSuites): Promise<string[]> {
  if (registry === 'debian') return debian.versions(name);
  const { stdout } =
    registry === 'npm'
      ? await execa('npm', ['view', name, 'versions', '--json'])
      : await execa('python3', ['-m', 'pip', 'index', 'versions', name]);
  const found =
    registry === 'npm'
      ? (JSON.parse(stdout) as string[]).toReversed()
      : (/^Available versions: (.*)$/m.exec(stdout)?.[1] ?? '').split(', ');
  return found.filter((version) => /^\d+(?:\.\d+)+$/.test(version));
}

/** How far back the newer of the two may lie; older ones often have nothing that can be installed. */
const RECENT = 12;

/** Two releases that follow one another, the older first. @throws where there are no two */
export async function twoReleases(
  innocent: Innocent,
  { seed, debian }: { seed: number; debian: DebianSuites },
): Promise<[string, string]> {
  const all = await releases(innocent, debian);
  const at = number(seed, `${innocent.name} release`) % Math.max(1, Math.min(RECENT, all.length - 1));
  const [newer, older] = [all[at], all[at + 1]];
  if (newer === undefined || older === undefined) throw new Error(`${innocent.name} has no two releases`);
  return [older, newer];
}
