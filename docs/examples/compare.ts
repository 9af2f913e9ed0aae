// Compares two images and prints why they differ: node compare.ts oci:a docker://registry.example/b:1
// Exit codes: 0 equal, 1 different, 2 could not be compared.
import { compareImages, errorLine, explainDiff, openImage } from 'twinproof';

const [refA, refB] = process.argv.slice(2);

async function compare(a: string, b: string): Promise<boolean> {
  const one = await openImage(a);
  try {
    const other = await openImage(b);
    try {
      const result = await compareImages(one, other, { rung: 'config' });
      console.log(result.identical ? `equal at ${result.rung}` : 'different');
      for (const { id, confidence, origin, places, fix } of explainDiff(result, one).causes) {
        console.log(`${id} (${confidence}) by ${origin}: ${places.slice(0, 3).join(', ')}`);
        console.log(`  ${fix}`);
      }
      return result.identical;
    } finally {
      await other.close();
    }
  } finally {
    await one.close();
  }
}

try {
  if (refA === undefined || refB === undefined) throw new Error('usage: node compare.ts A B');
  process.exitCode = (await compare(refA, refB)) ? 0 : 1;
} catch (error) {
  console.error(errorLine(error));
  process.exitCode = 2;
}
