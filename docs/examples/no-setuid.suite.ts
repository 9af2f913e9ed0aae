import { catalog, claim, expect, subjects } from 'twinproof/vitest';

const test = claim('no-setuid', {
  statement: 'holds no program that runs as somebody else',
  needs: ['image'],
});

test.for(subjects(catalog))('$id', async (_subject, { image }) => {
  await expect(image).toContainNoSetuid();
});
