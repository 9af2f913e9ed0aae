import { expect, test } from 'vitest';
import { parseAnswers } from './probe.ts';

test('what was said works, what was not said does not', () => {
  const said =
    'cpus 0-2,5\nbuildah  source-date-epoch omit-history\nkernel 6.1.0\nfixed yes\nold 2.6.61\nfaketime /usr/lib/x.so.1\ndisorder yes\n';
  expect(parseAnswers(said)).toEqual({
    cpus: [0, 1, 2, 5],
    buildah: ['omit-history', 'source-date-epoch'],
    noRuntime: null,
    fixedAddresses: true,
    kernel: '6.1.0',
    oldKernel: '2.6.61',
    faketime: '/usr/lib/x.so.1',
    disorder: true,
  });
});

test('nothing said is nothing that works, and the first reason is the one told', () => {
  const { cpus, noRuntime, disorder } = parseAnswers(
    'runtime the builder has no crun\nruntime crun: not found\n',
  );
  expect({ cpus, noRuntime, disorder }).toEqual({
    cpus: [],
    noRuntime: 'the builder has no crun',
    disorder: false,
  });
});

test.each(['max', '9223372036854771712', ''])('a limit of %j is not the one that was set', (limit) => {
  expect(parseAnswers(`memory ${limit}\n`).unlimitedMemory).toBe(true);
  expect(parseAnswers('memory 536870912\n').unlimitedMemory).toBeUndefined();
});

test('a user namespace of some groups is told from one of all', () => {
  expect(parseAnswers('groups 65537\n').fewGroups).toBe(true);
  for (const said of ['groups 4294967295\n', '']) expect(parseAnswers(said).fewGroups).toBeUndefined();
});
