import type { Cpe } from './cpe.ts';
import { CSAF } from './csaf.ts';
import { csafStatements } from './csaf-statements.ts';
import { OPEN_VEX, type Statement, statementsOf } from './openvex.ts';
import { isCsaf, parsed } from './read-advisories.ts';
import { documentsIn, invalid } from './read-folder.ts';

/** The statements of all OpenVEX and CSAF documents below a folder. @throws TwinproofError `catalog-invalid` */
export async function readVex(folder: string, cpe: Cpe | null): Promise<Statement[]> {
  const found: Statement[] = [];
  for await (const { file, value } of documentsIn(folder)) {
    if (isCsaf(value)) found.push(...csafStatements(parsed(CSAF, value, file), file, cpe));
    else if (typeof value['@context'] === 'string')
      found.push(...statementsOf(parsed(OPEN_VEX, value, file), file));
    else throw invalid('is neither OpenVEX nor CSAF', file);
  }
  return found;
}
