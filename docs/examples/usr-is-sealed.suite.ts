// A claim about a booted system: /usr cannot be written to, and there is no other root, before and after another start.
// twinproof verify my.catalog.yaml --suite usr-is-sealed.suite.ts
import { type Fixtures, catalog, claim, expect, subjects } from 'twinproof/vitest';

const test = claim('usr-is-sealed', {
  statement: 'has a sealed /usr and one root, before and after another start',
  needs: ['system'],
});

async function roots(system: Fixtures['system']): Promise<string[]> {
  const { status, stdout, stderr } = await system.run('getent passwd');
  // A command that failed says nothing of the users: an error, and no failure.
  if (status !== 0) throw new Error(`getent ended with ${status}: ${stderr.toString()}`);
  const users = stdout
    .toString()
    .split('\n')
    .map((line) => line.split(':'));
  return users.flatMap(([name = '', , uid]) => (uid === '0' ? [name] : []));
}

test.for(subjects(catalog))('$id', async (_subject, { system }) => {
  for (const start of ['first', 'second']) {
    await expect(system, start).toRefuseWrite('/usr');
    expect(await roots(system), start).toEqual(['root']);
    if (start === 'first') await system.restart();
  }
});
