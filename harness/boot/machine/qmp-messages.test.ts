import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QmpLines, parseQmpMessage } from './qmp-messages.ts';

// As QEMU 7.2.22 sends them.
const GREETING =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7+deb12u18+b3"}, "capabilities": ["oob"]}}';
const SHUTDOWN =
  '{"timestamp": {"seconds": 1795550768, "microseconds": 542961}, "event": "SHUTDOWN", "data": {"guest": false, "reason": "host-qmp-quit"}}';

describe('a QMP message', () => {
  test('is a greeting, a return, an error or an event', () => {
    expect(parseQmpMessage(GREETING)).toEqual({ kind: 'greeting', version: '7.2.22', capabilities: ['oob'] });
    expect(parseQmpMessage('{"return": {"status": "running"}, "id": 7}')).toEqual({
      kind: 'return',
      id: 7,
      value: { status: 'running' },
    });
    expect(parseQmpMessage('{"id": 2, "error": {"class": "CommandNotFound", "desc": "no x"}}')).toEqual({
      kind: 'error',
      id: 2,
      class: 'CommandNotFound',
      description: 'no x',
    });
    expect(parseQmpMessage(SHUTDOWN)).toEqual({
      kind: 'event',
      name: 'SHUTDOWN',
      data: { guest: false, reason: 'host-qmp-quit' },
    });
  });

  test.each(['', 'null', '[]', '3', '{}', '{"QMP": {}}', '{"error": 1}', 'QEMU 7.2.22 monitor'])(
    'is not %j',
    (line) => {
      expect(() => parseQmpMessage(line)).toThrow('no QMP message');
    },
  );

  test('never throws anything but our own error, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        try {
          parseQmpMessage(line);
        } catch (error) {
          expect((error as Error).name).toBe('TwinproofError');
        }
      }),
    );
  });
});

describe('lines of the control channel', () => {
  test('are the same however the bytes are cut', () => {
    const value = fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(value), fc.array(fc.nat(40)), (values, cuts) => {
        const bytes = Buffer.from(values.map((one) => `${JSON.stringify(one)}\r\n`).join(''));
        const lines = new QmpLines();
        const got: string[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          got.push(...lines.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect(got.map((line) => JSON.parse(line) as unknown)).toEqual(
          values.map((one) => JSON.parse(JSON.stringify(one)) as unknown),
        );
      }),
    );
  });

  test('that never end are refused', () => {
    const lines = new QmpLines();
    const piece = Buffer.alloc(2 ** 20, 'x');
    expect(() => {
      for (let count = 0; count < 6; count += 1) lines.push(piece);
    }).toThrow('without end');
  });
});
