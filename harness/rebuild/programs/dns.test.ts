import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { answerTo } from './dns.ts';

/** A query for one name: header with an id and "recursion desired", then the question. */
function query(name: string, type = 1): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]);
  return Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

const code = (response: Buffer | null): number => (response?.readUInt16BE(2) ?? 0) & 15;

describe('answerTo', () => {
  test('a known host is loopback, however its name is spelt', () => {
    const { response, refused } = answerTo(query('Deb.Example.ORG'), ['deb.example.org']);
    expect(refused).toBeNull();
    expect(response?.subarray(0, 2)).toEqual(Buffer.from([0x12, 0x34]));
    expect(response?.subarray(-4)).toEqual(Buffer.from([127, 0, 0, 1]));
    expect(response?.readUInt16BE(6)).toBe(1);
  });

  test('a known host has no other record, which is no refusal', () => {
    const { response, refused } = answerTo(query('deb.example.org', 28), ['deb.example.org']);
    expect([refused, code(response), response?.readUInt16BE(6)]).toEqual([null, 0, 0]);
  });

  test('any other name does not exist, and is reported', () => {
    const { response, refused } = answerTo(query('example.org'), ['deb.example.org']);
    expect([refused, code(response)]).toEqual(['example.org', 3]);
    expect(answerTo(query('evil-deb.example.org'), ['deb.example.org']).refused).toBe('evil-deb.example.org');
  });

  test('localhost is nobody else', () => {
    expect(answerTo(query('localhost'), []).refused).toBeNull();
  });

  test('what is no query is not answered', () => {
    const response = query('example.org');
    response[2] = 0x81;
    expect(answerTo(response, []).response).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void answerTo(Buffer.from(bytes), [])),
    );
  });
});
