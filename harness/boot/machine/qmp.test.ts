import { type Duplex, duplexPair } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { QmpClient } from './qmp.ts';

const GREETING = { QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 } }, capabilities: [] } };

/** The other end of a control channel: greets, and answers each command by what `answer` says. */
function peer(stream: Duplex, answer: (command: string) => object[]): void {
  let text = '';
  stream.on('data', (piece: Buffer) => {
    text += piece.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const { execute, id } = JSON.parse(line) as { execute: string; id: number };
      for (const reply of answer(execute)) stream.write(`${JSON.stringify({ ...reply, id })}\r\n`);
    }
  });
  stream.write(`${JSON.stringify(GREETING)}\r\n`);
}

const ok = (): object[] => [{ return: {} }];

async function connected(answer: (command: string) => object[]) {
  const [ours, theirs] = duplexPair();
  peer(theirs, answer);
  return { client: await QmpClient.open(ours), theirs };
}

describe('a QMP client', () => {
  test('knows the version after the greeting and hands out answers by id', async () => {
    const { client } = await connected((command) => [{ return: command }]);
    expect(client.version).toBe('7.2.22');
    const answers = await Promise.all([client.execute('a'), client.execute('b')]);
    expect(answers).toEqual(['a', 'b']);
  });

  test('tells what QEMU refused', async () => {
    const { client } = await connected((command) =>
      command === 'bad' ? [{ error: { class: 'GenericError', desc: 'no such disk' } }] : ok(),
    );
    await expect(client.execute('bad')).rejects.toThrow('no such disk');
    await expect(client.execute('good')).resolves.toEqual({});
  });

  test('finds events that came before they were waited for, and those that come later', async () => {
    const { client, theirs } = await connected(ok);
    theirs.write('{"event": "RESET", "data": {"guest": true}}\n');
    await client.execute('x');
    expect((await client.waitFor(({ name }) => name === 'RESET', 1000)).data).toEqual({ guest: true });
    const waiting = client.waitFor(({ name }) => name === 'STOP', 1000, client.events.length);
    theirs.write('{"event": "STOP"}\n');
    expect((await waiting).name).toBe('STOP');
  });

  test('does not wait for ever', async () => {
    const { client } = await connected((command) => (command === 'qmp_capabilities' ? ok() : []));
    await expect(client.execute('x', {}, 20)).rejects.toMatchObject({ code: 'timeout' });
    await expect(client.waitFor(() => false, 20)).rejects.toMatchObject({ code: 'timeout' });
    const [silent] = duplexPair();
    await expect(QmpClient.open(silent, 20)).rejects.toMatchObject({ code: 'timeout' });
  });

  test('fails what is under way when QEMU ends or talks something else', async () => {
    const { client, theirs } = await connected((command) => (command === 'qmp_capabilities' ? ok() : []));
    const asked = client.execute('x');
    theirs.write('not json\n');
    await expect(asked).rejects.toThrow('no QMP message');
    await expect(client.execute('y')).rejects.toThrow('no QMP message');
    const other = await connected((command) => (command === 'qmp_capabilities' ? ok() : []));
    const waiting = other.client.execute('x');
    other.theirs.end();
    await expect(waiting).rejects.toThrow('ended');
  });
});
