/**
 * Holds the engine of DOCKER_HOST to the contract, one line a check: for engines that only another user may ask.
 * `--may-lack` names what its host need not give.
 */
import { connectEngine } from '../../../../harness/engine/connect.ts';
import { CONTRACT, contractPlace } from './all.ts';

const [option, ...given] = process.argv.slice(2);
const mayLack = option === '--may-lack' ? given : [];
await using place = await contractPlace(await connectEngine());
for (const { name, needs, check } of CONTRACT) {
  try {
    await check(place);
    process.stdout.write(`ok ${name}\n`);
  } catch (error) {
    const lacks = needs !== undefined && mayLack.includes(needs);
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
    process.stdout.write(`${lacks ? 'lacks' : 'not ok'} ${name}: ${reason}\n`);
    if (!lacks) process.exitCode = 1;
  }
}
