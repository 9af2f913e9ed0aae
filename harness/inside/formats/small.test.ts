import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function png(time = '07e8010203040506', text = 'Software\0one', pixels = 'aa'): Buffer {
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.alloc(13)),
    chunk('tIME', Buffer.from(time, 'hex').subarray(0, 7)),
    chunk('tEXt', Buffer.from(text)),
    chunk('IDAT', Buffer.from(`00${pixels}`, 'hex')),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('png', () => {
  it('names times and texts, and goes into chunks', async () => {
    const node = await expectReported(png(), png('07e8010203040600'), ['png tIME']);
    expect(node?.fields[0]).toMatchObject({ a: '2024-01-02T03:04:05Z', b: '2024-01-02T03:04:06Z' });
    await expectReported(png(), png('07e8010203040506', 'Software\0two'), ['png tEXt Software']);
    await expectReported(png(), png('07e8010203040506', 'Software\0one', 'bb'), ['png/bytes:IDAT bytes']);
  });
});

function catalog(texts: [string, string][]): Buffer {
  const head = Buffer.alloc(28 + texts.length * 16);
  [0x950412de, 0, texts.length, 28, 28 + texts.length * 8].forEach((word, at) =>
    head.writeUInt32LE(word, at * 4),
  );
  const bodies: Buffer[] = [];
  let offset = head.length;
  for (const column of [0, 1] as const) {
    texts.forEach((pair, number) => {
      const body = Buffer.from(`${pair[column]}\0`);
      const at = 28 + column * texts.length * 8 + number * 8;
      head.writeUInt32LE(body.length - 1, at);
      head.writeUInt32LE(offset, at + 4);
      bodies.push(body);
      offset += body.length;
    });
  }
  return Buffer.concat([head, ...bodies]);
}

describe('mo', () => {
  it('shows the header and translations as text', async () => {
    const made = (date: string, word: string): Buffer =>
      catalog([
        ['', `POT-Creation-Date: ${date}\nLanguage: de\n`],
        ['house', word],
      ]);
    const node = await expectReported(made('2024', 'Haus'), made('2025', 'Haus'), ['mo/text:header diff']);
    expect(node?.children[0]?.diff).toContain('-POT-Creation-Date: 2024\n+POT-Creation-Date: 2025\n');
    await expectReported(made('2024', 'Haus'), made('2024', 'Heim'), ['mo/text:house diff']);
  });
});

describe('jks', () => {
  const store = (alias: string, date: bigint, certificate = 'cert\n'): Buffer => {
    const [head, time, length] = [
      Buffer.from('feedfeed0000000200000001', 'hex'),
      Buffer.alloc(8),
      Buffer.alloc(4),
    ];
    time.writeBigUInt64BE(date);
    length.writeUInt32BE(certificate.length);
    const text = (value: string): Buffer =>
      Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
    const tag = Buffer.from('00000002', 'hex');
    return Buffer.concat([
      head,
      tag,
      text(alias),
      time,
      text('X.509'),
      length,
      Buffer.from(certificate),
      Buffer.alloc(20),
    ]);
  };

  it('names the date, the alias, and goes into the entry', async () => {
    const node = await expectReported(store('ca', 1_700_000_000_000n), store('ca', 1_700_000_000_001n), [
      'jks/jks-entry:ca creation-date',
    ]);
    expect(node?.children[0]?.fields[0]?.a).toBe('2023-11-14T22:13:20.000Z');
    await expectReported(store('ca', 1n), store('ca', 1n, 'other'), ['jks/text:ca diff']);
    await expectReported(store('ca', 1n), store('cb', 1n), [
      'jks/jks-entry:ca removed',
      'jks/jks-entry:cb added',
    ]);
  });
});

describe('ldconfig', () => {
  const aux = (ino: bigint, ctime: bigint): Buffer => {
    const bytes = Buffer.alloc(32 + 40);
    bytes.write('glibc-ld.so.auxcache-1.0');
    bytes.writeUInt32LE(1, 24);
    bytes.writeUInt32LE(10, 28);
    bytes.writeBigUInt64LE(ino, 32);
    bytes.writeBigUInt64LE(ctime, 40);
    return Buffer.concat([bytes, Buffer.from('libc.so.6\0')]);
  };

  it('names inode and change time of a library', async () => {
    await expectReported(aux(1n, 1n), aux(2n, 1n), ['ldconfig-aux-cache/library:libc.so.6 ino']);
    await expectReported(aux(1n, 1n), aux(1n, 2n), ['ldconfig-aux-cache/library:libc.so.6 ctime']);
  });

  it('reads version 2.0, with what was in memory between its entries', async () => {
    const newer = (padding: string): Buffer =>
      Buffer.concat([
        Buffer.from('glibc-ld.so.auxcache-2.0'),
        Buffer.from([1, 0, 0, 0, 10, 0, 0, 0]),
        Buffer.alloc(44),
        Buffer.from(padding),
        Buffer.from('libc.so.6\0'),
      ]);
    await expectReported(newer('/lib'), newer('4-li'), ['ldconfig-aux-cache/library:libc.so.6 padding']);
    await expectReported(newer('/lib'), Buffer.concat([newer('/lib'), Buffer.from('x')]), [
      'ldconfig-aux-cache/bytes:rest bytes',
    ]);
  });

  it('lists the cache as ldconfig does', async () => {
    const cache = (path: string): Buffer => {
      const bytes = Buffer.alloc(48 + 24);
      bytes.write('glibc-ld.so.cache1.1');
      bytes.writeUInt32LE(1, 20);
      bytes.writeUInt32LE(bytes.length, 52);
      bytes.writeUInt32LE(bytes.length + 10, 56);
      return Buffer.concat([bytes, Buffer.from(`libc.so.6\0${path}\0`)]);
    };
    const node = await expectReported(cache('/lib/libc.so.6'), cache('/usr/lib/libc.so.6'), [
      'ld.so.cache diff',
    ]);
    expect(node?.diff).toContain('+libc.so.6 (flags 0, hwcap 0) => /usr/lib/libc.so.6\n');
  });
});

describe('class', () => {
  it('names the version and shows texts', async () => {
    const made = (version: number, text: string): Buffer =>
      Buffer.concat([
        Buffer.from(`cafebabe000000${version.toString(16)}`, 'hex'),
        Buffer.from(`\0${text}\0`),
      ]);
    await expectReported(made(61, 'Hello'), made(65, 'Hello'), ['class major-version']);
    await expectReported(made(61, 'Hello'), made(61, 'World'), [
      'class/strings:content diff',
      'class/strings:content bytes',
    ]);
  });
});

describe('json', () => {
  const told_ = async (a: string, b: string): Promise<string[]> =>
    reported(await look(Buffer.from(a), Buffer.from(b)));

  it('names the order of keys, and spacing', async () => {
    expect(await told_('{"a":1,"b":[1,2]}', '{"b":[1,2],"a":1}')).toEqual(['json key-order', 'json diff']);
    expect(await told_('{"a":1}', '{ "a": 1 }')).toEqual(['json formatting', 'json diff']);
  });

  it('leaves what says something else to the text', async () => {
    expect(await told_('{"a":1}', '{"a":2}')).toEqual(['text diff']);
    expect(await told_('[1,2]', '[2,1]')).toEqual(['text diff']);
    expect(await told_('{"a":12345678901234567890}', '{"a":12345678901234567891}')).toEqual(['text diff']);
    expect(await told_('{"a":1,"a":2}', '{"a":2}')).toEqual(['text diff']);
  });
});

describe('der', () => {
  /** Tag, length below 128, content. */
  const element = (tag: number, ...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([tag, content.length]), content]);
  };
  const store = (salt: string, iterations: number, content = 'aa'): Buffer =>
    element(
      0x30,
      element(2, Buffer.from([3])),
      element(
        0x30,
        element(6, Buffer.from('2a864886f70d010701', 'hex')),
        element(0xa0, element(4, element(0x30, element(4, Buffer.from(content, 'hex'))))),
      ),
      element(
        0x30,
        element(
          0x30,
          element(0x30, element(6, Buffer.from('608648016503040201', 'hex'))),
          element(4, Buffer.from('01', 'hex')),
        ),
        element(4, Buffer.from(salt, 'hex')),
        element(2, Buffer.from([0, iterations])),
      ),
    );

  it('names salt and iterations of PKCS #12, and other values by their place', async () => {
    const node = await expectReported(store('aabb', 10), store('aabc', 10), ['der mac-salt']);
    expect(node?.fields[0]).toMatchObject({ a: 'aabb', b: 'aabc' });
    expect(
      (await expectReported(store('aabb', 10), store('aabb', 20), ['der mac-iterations']))?.fields[0]?.b,
    ).toBe('20');
    await expectReported(store('aabb', 10), store('aabb', 10, 'ab'), [
      'der 0.1.1(1.2.840.113549.1.7.1).0.0.0 octets',
    ]);
  });
});
