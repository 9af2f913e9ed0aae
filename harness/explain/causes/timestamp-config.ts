import type { CauseDefinition } from '../cause.ts';
import { dateOf } from '../dates.ts';
import { pointerClaim, valueText } from '../pointer.ts';

const FIX =
  'buildah bud --timestamp "$SOURCE_DATE_EPOCH" (1.41: --source-date-epoch); for labels: take the date from SOURCE_DATE_EPOCH';

/** Dates that the image specification itself puts into documents. */
const KNOWN = /^\/created$|^\/history\/\d+\/created$|\/org\.opencontainers\.image\.created$/;

/** `created`, dates of the history, labels and annotations that are dates. */
export const timestampConfig: CauseDefinition = {
  id: 'timestamp-config',
  covers: '`created`, history and annotation dates in config or manifest',
  fix: FIX,
  provenBy: ['clock'],
  explainDocument(diff) {
    const known = KNOWN.test(diff.pointer);
    const dates = [diff.a, diff.b].every((value) => dateOf(valueText(value)) !== null);
    if (
      !known &&
      !(dates && /^\/(?:config\/Labels|annotations|layers\/\d+\/annotations)\//.test(diff.pointer))
    )
      return null;
    const why = known ? 'when the image was made' : 'a date in a label or annotation';
    return pointerClaim(diff, known && dates ? 'exact' : 'likely', { why, fix: FIX });
  },
};
