import { expect, test } from 'vitest';
import { redirectTarget, retryAfter } from './redirect.ts';

const secure = new URL('https://example.org/key.asc');

test('a redirect from HTTPS to plain HTTP is followed only where the user allows it', () => {
  expect(() => redirectTarget(secure, 'http://example.org/key.asc', false)).toThrow(
    'a redirect from HTTPS to plain HTTP',
  );
  expect(redirectTarget(secure, 'http://example.org/x', true).href).toBe('http://example.org/x');
  expect(redirectTarget(secure, '/y', false).href).toBe('https://example.org/y');
  expect(() => redirectTarget(secure, 'file:///etc/passwd', true)).toThrow('a redirect to "file:"');
});

test.each([
  ['7', 7000],
  ['soon', null],
])('Retry-After: %s', (value, expected) => {
  expect(retryAfter({ 'retry-after': value })).toBe(expected);
});
