import { TwinproofError } from '../errors.ts';
import type { Complaint } from './complaints.ts';
import { readBounded } from './read-bounded.ts';
import { MAX_YAML_BYTES, parseYaml } from './yaml-source.ts';

/** What is read from an image's `properties.yml`; its many other keys are for other tools. */
export interface Properties {
  hermetic: boolean;
}

/** @param shown path for complaints */
export async function readProperties(
  path: string,
  shown: string,
): Promise<{ properties: Properties } | { complaint: Complaint }> {
  try {
    const source = parseYaml(await readBounded(path, MAX_YAML_BYTES), shown);
    const { value } = source;
    const hermetic =
      typeof value === 'object' && value !== null && 'hermetic' in value ? value.hermetic : true;
    if (typeof hermetic === 'boolean') return { properties: { hermetic } };
    return { complaint: { place: source.placeOf(['hermetic']), text: '`hermetic` needs true or false' } };
  } catch (error) {
    if (!(error instanceof TwinproofError)) throw error;
    const [, line = '1', column = '1'] = /:(\d+):(\d+)$/.exec(error.where ?? '') ?? [];
    return {
      complaint: { place: { file: shown, line: Number(line), column: Number(column) }, text: error.message },
    };
  }
}
