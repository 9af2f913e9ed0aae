import { claimOf } from '../claim.ts';
import { plantedClaim, provenByFlip } from '../planted.ts';
import type { Axis } from '../../build/environment/types.ts';
import type { Explainer, Spot } from '../types.ts';

const AXES: readonly Axis[] = ['environment', 'path', 'tmpdir', 'terminal', 'memory'];

/** Variables that other causes name. */
const OTHERS =
  /^(?:export |declare -x )?"?(?:HOST(?:NAME)?|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|PWD|OLDPWD|SOURCE_DATE_EPOCH)=/;
const VARIABLE = /^(?:export |declare -x )?"?[A-Z_][A-Z0-9_]*=/;

const isVariable = ({ kind, lineA, lineB }: Spot): boolean =>
  kind === 'text' &&
  VARIABLE.test(lineA) &&
  !OTHERS.test(lineA) &&
  lineA.split('=')[0] === lineB.split('=')[0];

/** Another variable that the build captured. */
export const environment: Explainer = {
  id: 'environment',
  explain({ spots }, context) {
    const name =
      spots
        .find(isVariable)
        ?.lineA.split('=')[0]
        ?.replace(/^(?:export |declare -x )?"?/, '') ?? 'NAME';
    const fix = `ENV ${name}=… with a fixed value before the instruction, or env -i for the step that writes the file`;
    const planted = plantedClaim(spots, AXES, context, fix);
    if (planted !== null) return planted;
    const claim = claimOf(spots.filter(isVariable), 'likely', { why: 'a variable of the environment', fix });
    return provenByFlip(claim, AXES, context);
  },
};
