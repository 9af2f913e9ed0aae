import { TwinproofError } from '../../errors.ts';

/**
 * What QEMU says on its control channel, one JSON object a line.
 * Source: QEMU docs/interop/qmp-spec.txt.
 */
export type QmpMessage =
  | { kind: 'greeting'; version: string; capabilities: string[] }
  | { kind: 'return'; id: number | null; value: unknown }
  | { kind: 'error'; id: number | null; class: string; description: string }
  | { kind: 'event'; name: string; data: Record<string, unknown> };

/** A reply of QEMU's own is a few kilobytes; `query-qmp-schema`, which we never ask for, would be the largest. */
const MAX_LINE = 4 * 2 ** 20;

/** @throws TwinproofError `internal` for a line that is no message of the protocol */
export function parseQmpMessage(line: string): QmpMessage {
  const message = objectOf(line);
  if (message === null) throw notQmp(line);
  const id = typeof message.id === 'number' ? message.id : null;
  if ('QMP' in message) return greeting(message.QMP) ?? fault(line);
  if (typeof message.event === 'string')
    return { kind: 'event', name: message.event, data: asRecord(message.data) ?? {} };
  if ('return' in message) return { kind: 'return', id, value: message.return };
  const error = asRecord(message.error);
  if (error === null) throw notQmp(line);
  return {
    kind: 'error',
    id,
    class: textOf(error.class) ?? 'GenericError',
    description: textOf(error.desc) ?? '',
  };
}

function greeting(value: unknown): QmpMessage | null {
  const qmp = asRecord(value);
  const numbers = asRecord(asRecord(qmp?.version)?.qemu);
  if (qmp === null || numbers === null || !Array.isArray(qmp.capabilities)) return null;
  const version = [numbers.major, numbers.minor, numbers.micro].map((part) => Number(part)).join('.');
  const capabilities = qmp.capabilities.filter((name): name is string => typeof name === 'string');
  return { kind: 'greeting', version, capabilities };
}

function objectOf(line: string): Record<string, unknown> | null {
  try {
    return asRecord(JSON.parse(line));
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function notQmp(line: string): TwinproofError {
  return new TwinproofError('internal', `QEMU sent no QMP message: ${JSON.stringify(line.slice(0, 80))}`);
}

function fault(line: string): never {
  throw notQmp(line);
}

/** Cuts a stream of bytes into lines; a character may be split between two pieces. */
export class QmpLines {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * @returns the lines that are complete now, without their ends
   * @throws TwinproofError `internal` when a line does not end
   */
  push(piece: Buffer): string[] {
    const lines: string[] = [];
    let rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const line = rest.toString('utf8', 0, end).trim();
      if (line !== '') lines.push(line);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MAX_LINE) throw new TwinproofError('internal', 'QEMU sent a QMP line without end');
    this.#rest = rest;
    return lines;
  }
}
