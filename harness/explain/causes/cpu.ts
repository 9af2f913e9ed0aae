import { claimOf } from '../claim.ts';
import { plantedClaim, varies } from '../planted.ts';
import type { Context, Explainer, Seen, Spot } from '../types.ts';

const NATIVE = /-m(?:arch|tune|cpu)=native|target-cpu=native|GOAMD64=/;
const COUNT =
  /\bnproc\b|_NPROCESSORS_|cpu_count|availableParallelism|num_cpus|\blscpu\b|cpuinfo|sched_getaffinity/;
const SPEAKS =
  /\bcpus?\b|\bcores?\b|n_?procs?\b|processors?\b|(?:\b|_)threads?\b|(?:\b|_)jobs\b|-j\s?\d|(?:\b|_)workers?(?:\b|_)|\bGOMAXPROCS\b|parallel/i;
const MODEL = /model name|cpu MHz|bogomips|^flags\s*:|stepping|microcode|cache size/i;

function isCount({ kind, a, b, lineA }: Spot, seen: Seen, context: Context): boolean {
  if (kind !== 'text') return false;
  if (MODEL.test(lineA)) return true;
  if (/\bp?pid\b/i.test(lineA)) return false;
  const [one, other] = [a, b].map((text) => /^(?:.*=|-j)?(\d{1,4})$/.exec(text)?.[1]);
  if (one === undefined || other === undefined || Number(one) === 0) return false;
  return SPEAKS.test(lineA) || (COUNT.test(seen.recipe) && (varies('cpus', context) || /^\d+$/.test(lineA)));
}

/** Machine code from a compiler that was told to use what the CPU has. */
const isNative = ({ format, part, kind }: Spot, { recipe }: Seen): boolean =>
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
export const cpu: Explainer = {
  id: 'cpu',
  explain(seen, context) {
    const fix = fixFor(seen);
    const planted = plantedClaim(seen.spots, ['cpus'], context, fix);
    if (planted !== null) return planted;
    const spots = seen.spots.filter((spot) => isCount(spot, seen, context) || isNative(spot, seen));
    const why = NATIVE.test(seen.recipe)
      ? 'compiled for the CPU that it was built on'
      : 'the number or model of CPUs';
    return claimOf(spots, 'likely', { why, fix });
  },
};
