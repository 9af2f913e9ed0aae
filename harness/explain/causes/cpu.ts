import type { CauseDefinition } from '../cause.ts';
import { NATIVE_CODE, NPROC } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { markerClaim, varies } from '../markers.ts';
import type { Context, Seen, DifferenceSite } from '../types.ts';

const NATIVE = /-m(?:arch|tune|cpu)=native|target-cpu=native|GOAMD64=/;
const COUNT =
  /\bnproc\b|_NPROCESSORS_|cpu_count|availableParallelism|num_cpus|\blscpu\b|cpuinfo|sched_getaffinity/;
/** Names of how many there are, and a number right behind them; `core 3` is one of several, not how many. */
const NAMED =
  /(?:\bnproc|\b(?:n|num|number|max|min|count)[ _-]?(?:of[ _-])?(?:cpus?|cores?|procs?|processors?|threads?|jobs|workers?)|(?:\b|_)(?:cpus|cores|processors|procs|threads|jobs|workers|parallelism)(?:[ _-]count)?|\bworker[ _-]processes|\b(?:cpu|core|thread|worker|processor)s?[ _-]count|\bGOMAXPROCS|\bparallel(?:ism)?)["']?\s*(?:[:=]+|\bis\b)?\s*["']?$|-j\s?$/i;
const COUNTED = /^["']?\s*(?:cpus|cores|processors|threads|jobs|workers|CPU cores)\b/i;

/** The number stands for how many there are, by what stands right before or behind it. */
function speaks({ a, lineA }: DifferenceSite, digits: string): boolean {
  const at = lineA.indexOf(a) + a.lastIndexOf(digits);
  return NAMED.test(lineA.slice(0, at)) || COUNTED.test(lineA.slice(at + digits.length));
}

const MODEL = /model name|cpu MHz|bogomips|^flags\s*:|stepping|microcode|cache size/i;

function isCount(site: DifferenceSite, seen: Seen, context: Context): boolean {
  const { kind, a, b, lineA } = site;
  if (kind !== 'text') return false;
  if (MODEL.test(lineA)) return true;
  if (/\bp?pid\b/i.test(lineA)) return false;
  const [one, other] = [a, b].map((text) => /^(?:.*=|-j)?(\d{1,4})$/.exec(text)?.[1]);
  if (one === undefined || other === undefined || Number(one) === 0) return false;
  return speaks(site, one) || (COUNT.test(seen.recipe) && (varies('cpus', context) || /^\d+$/.test(lineA)));
}

/** Machine code from a compiler that was told to use what the CPU has. */
const isNative = ({ format, part, kind }: DifferenceSite, { recipe }: Seen): boolean =>
  NATIVE.test(recipe) &&
  (format === 'elf' || /\.text|\.rodata|\.symtab|\.eh_frame/.test(part)) &&
  kind !== 'text';

function fixFor({ recipe }: Seen): string {
  if (recipe.includes('-march=native')) return '-march=x86-64-v2 instead of -march=native';
  return NATIVE.test(recipe)
    ? 'name the CPU to compile for instead of native'
    : 'give the number of jobs as a fixed value instead of nproc';
}

/** Number, model or features of the CPUs. */
export const cpu: CauseDefinition = {
  id: 'cpu',
  covers: 'number, model or features of CPUs, march=native, floating point paths',
  fix: 'give the number of jobs as a fixed value instead of nproc',
  provenBy: ['cpus'],
  standsFor: ['cpus'],
  rewrites: [NPROC, NATIVE_CODE],
  explain(seen, context) {
    const fix = fixFor(seen);
    const markers = markerClaim(seen.sites, ['cpus'], context, fix);
    if (markers !== null) return markers;
    const sites = seen.sites.filter((site) => isCount(site, seen, context) || isNative(site, seen));
    const why = NATIVE.test(seen.recipe)
      ? 'compiled for the CPU that it was built on'
      : 'the number or model of CPUs';
    return claimOf(sites, 'likely', { why, fix });
  },
};
