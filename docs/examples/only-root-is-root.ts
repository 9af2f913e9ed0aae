// A claim of one's own about a system that is delivered as an image: node only-root-is-root.ts oci:my-os
// Nobody but root has user ID 0, when it was started first and when it was started again.
// Exit codes: 0 it holds, 1 it does not, 2 it could not be checked.
import { errorLine, openImage } from 'twinproof';
import { type BootedSystem, bootImage } from 'twinproof/boot';

async function roots(system: BootedSystem): Promise<string> {
  const { status, stdout, stderr } = await system.run('getent passwd | grep "^[^:]*:[^:]*:0:"');
  // A command that failed says nothing of the users.
  if (status !== 0) throw new Error(`getent ended with ${status}: ${stderr.toString()}`);
  return [...stdout.toString().matchAll(/^[^:]+/gm)].join(', ');
}

async function check(reference: string): Promise<boolean> {
  const image = await openImage(reference);
  try {
    await using system = await bootImage(image, { onStep: console.error });
    const first = await roots(system);
    await system.restart();
    const second = await roots(system);
    const holds = first === 'root' && second === 'root';
    console.log(`${holds ? 'pass' : 'fail'}: user ID 0 is ${first}, and after another start ${second}`);
    return holds;
  } finally {
    await image.close();
  }
}

try {
  const [reference] = process.argv.slice(2);
  if (reference === undefined) throw new Error('usage: node only-root-is-root.ts IMAGE');
  process.exitCode = (await check(reference)) ? 0 : 1;
} catch (error) {
  console.error(`error: ${errorLine(error)}`);
  process.exitCode = 2;
}
