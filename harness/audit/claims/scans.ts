import { readExactJson } from '../../attest/exact-json.ts';
import { JsonPlace } from '../read/place.ts';
import { SLSA_V02 } from '../verify/predicates.ts';
import { withoutProvenance } from './provenance.ts';
import { type AuditClaim, finding } from './types.ts';

/** Results of tasks in which scans say what they found (Konflux). */
const RESULTS = ['RPMS_DATA', 'SCAN_OUTPUT', 'TEST_OUTPUT'];

type Looked = 'something' | 'nothing' | 'unsaid';

export const scansNotEmpty: AuditClaim = {
  id: 'scans-not-empty',
  passes:
    'scans are in the provenance, none of them looked at nothing or ended in an error, and at least one says what it looked at',
  check: (audited) => {
    const none = withoutProvenance(audited);
    if (none !== null) return none;
    const scans = audited.platforms.flatMap(({ provenance }) =>
      provenance === null
        ? []
        : scansIn(
            provenance.statement.predicateType,
            provenance.statement.predicate,
            provenance.exhibit.found.id,
          ),
    );
    const unique = [...new Map(scans.map((scan) => [scan.where, scan])).values()];
    const details = unique.map(
      ({ where, task, name, looked }) => `${task} ${name}: looked at ${looked} (${where})`,
    );
    if (unique.length === 0)
      return finding(
        'not-checked',
        'no results of scans stand in the provenance',
        [],
        'provenance with the results of tasks, as Tekton Chains writes it for Konflux',
      );
    const empty = unique.filter(({ looked }) => looked === 'nothing');
    if (empty.length > 0)
      return finding(
        'fail',
        `looked at nothing: ${[...new Set(empty.map(({ task, name }) => `${task} (${name})`))].join(', ')}`,
        details,
      );
    const full = unique.filter(({ looked }) => looked === 'something');
    const unsaid = unique.length - full.length;
    return full.length > 0
      ? finding(
          'pass',
          `${full.length} results say what was looked at${unsaid === 0 ? '' : `, ${unsaid} do not`}`,
          details,
        )
      : finding('fail', 'no scan says that it looked at anything', details);
  },
};

interface Scan {
  task: string;
  name: string;
  where: string;
  looked: Looked;
}

function scansIn(predicateType: string, predicate: unknown, id: string): Scan[] {
  if (predicateType !== SLSA_V02) return [];
  const tasks = new JsonPlace(predicate, '/predicate').at('buildConfig', 'tasks').items();
  return tasks.flatMap((task) =>
    task
      .at('results')
      .items()
      .flatMap((result) => {
        const name = result.at('name').text ?? '';
        const value = result.at('value');
        if (!RESULTS.includes(name)) return [];
        return [
          {
            task: task.at('name').text ?? '',
            name,
            where: `${id}#${value.pointer}`,
            looked: lookedAt(name, value.text ?? ''),
          },
        ];
      }),
  );
}

function lookedAt(name: string, text: string): Looked {
  const read = readExactJson(Buffer.from(text));
  if ('fault' in read) return 'nothing';
  const value = new JsonPlace(read.value);
  if (name === 'RPMS_DATA') return rpms(value);
  if (name === 'SCAN_OUTPUT')
    return value.at('vulnerabilities').members().length > 0 ? 'something' : 'nothing';
  return test(value);
}

const count = (place: JsonPlace): number =>
  typeof place.value === 'number' && place.value > 0 ? place.value : 0;

/** Packages by the key that signed them; without any, no package was looked at. */
function rpms(value: JsonPlace): Looked {
  const counted = [...value.at('keys').members(), ['', value.at('unsigned')] as const];
  return counted.some(([, place]) => count(place) > 0) ? 'something' : 'nothing';
}

/** Many scans say SUCCESS and count nothing, whatever they looked at. */
function test(value: JsonPlace): Looked {
  if (value.at('result').text === 'ERROR' || value.at('result').text === null) return 'nothing';
  const counts = ['successes', 'failures', 'warnings'].map((name) => count(value.at(name)));
  return counts.some((one) => one > 0) ? 'something' : 'unsaid';
}
