import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PackedFile } from '../oci/layers/merge.ts';
import { RecordList } from '../oci/layers/record-list.ts';
import { Prioritised } from './prioritise.ts';
import type { Difference } from './tree-diff.ts';
import type { Field } from './types.ts';

const file = new PackedFile(new RecordList(), 0, 0);

function differences(kinds: readonly Field[]): Difference[] {
  return kinds.map((field, at) => ({
    path: `p${String((at * 7919) % 1009).padStart(4, '0')}`,
    ...{ a: file, b: file, fields: [field], tree: true, hidden: false },
  }));
}

const inOrder = (list: readonly Difference[]): Difference[] =>
  list.toSorted((a, b) => (a.path < b.path ? -1 : 1));

it('keeps the first of those that differ in more than times, then the first of the others, in order', () => {
  const kinds = fc.array(fc.constantFrom<Field>('mtime', 'content', 'atime', 'mode'), { maxLength: 200 });
  fc.assert(
    fc.property(kinds, fc.nat(40), (fields, room) => {
      const all = differences(fields);
      const found = new Prioritised(room);
      for (const one of all) found.add(one);
      const hasPriority = ({ fields: [field] }: Difference): boolean =>
        field === 'content' || field === 'mode';
      const prioritised = inOrder(all.filter(hasPriority)).slice(0, room);
      const others = inOrder(all.filter((one) => !hasPriority(one))).slice(0, room - prioritised.length);
      expect(found.total).toBe(all.length);
      expect(found.shown()).toEqual(inOrder([...prioritised, ...others]));
    }),
  );
});

it('keeps all when there is room for any number', () => {
  const all = differences(Array.from({ length: 500 }, (_, at) => (at % 2 === 0 ? 'mtime' : 'content')));
  const found = new Prioritised(Infinity);
  for (const one of all) found.add(one);
  expect(found.shown()).toEqual(inOrder(all));
});
