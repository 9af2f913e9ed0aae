import { expect, test } from 'vitest';
import { namedSubject } from './named-subject.ts';

const SUBJECTS = [
  'a/default@linux/amd64',
  'b/one@linux/amd64',
  'b/two@linux/amd64',
  'b/two@linux/arm64',
  'ab/x@linux/amd64',
];

test.each([
  ['a', 'a/default@linux/amd64'],
  ['a/default', 'a/default@linux/amd64'],
  ['b/one', 'b/one@linux/amd64'],
  ['b/two@linux/arm64', 'b/two@linux/arm64'],
  ['b', null],
  ['b/two', null],
  ['', null],
  ['a/def', null],
  ['c', null],
])('%s is %s', (name, subject) => {
  expect(namedSubject(SUBJECTS, name)).toBe(subject);
});

test('an id that begins with another is not that one', () => {
  expect(namedSubject(['a', 'a/b'], 'a')).toBe('a');
});
