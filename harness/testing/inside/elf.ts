/** Makes small ELF files for tests; independent of the reader on purpose. */

export interface TestSection {
  name: string;
  content: Buffer;
  type?: number;
  flags?: number;
}

interface Kind {
  wide: boolean;
  little: boolean;
}

class Writer {
  readonly #kind: Kind;
  readonly parts: Buffer[] = [];

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  half(value: number): this {
    const bytes = Buffer.alloc(2);
    if (this.#kind.little) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    this.parts.push(bytes);
    return this;
  }

  word(value: number): this {
    const bytes = Buffer.alloc(4);
    if (this.#kind.little) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    this.parts.push(bytes);
    return this;
  }

  address(value: number): this {
    if (!this.#kind.wide) return this.word(value);
    return this.#kind.little ? this.word(value).word(0) : this.word(0).word(value);
  }
}

/** A note section with one note. */
export function note(name: string, descriptor: Buffer, little = true): Buffer {
  const writer = new Writer({ wide: false, little });
  writer
    .word(name.length + 1)
    .word(descriptor.length)
    .word(3);
  const padded = Buffer.alloc((name.length + 4) & ~3);
  padded.write(name);
  return Buffer.concat([...writer.parts, padded, descriptor]);
}

/** Header, contents, names, section headers. */
export function elf(sections: TestSection[], kind: Kind = { wide: true, little: true }): Buffer {
  const headerSize = kind.wide ? 64 : 52;
  const names = Buffer.from(['', ...sections.map(({ name }) => name), '.shstrtab', ''].join('\0'), 'latin1');
  const all: TestSection[] = [...sections, { name: '.shstrtab', content: names, type: 3 }];
  const body = Buffer.concat(all.map(({ content }) => content));
  const header = new Writer(kind);
  header
    .half(2)
    .half(62)
    .word(1)
    .address(0x1000)
    .address(0)
    .address(headerSize + body.length);
  header
    .word(0)
    .half(headerSize)
    .half(0)
    .half(0)
    .half(kind.wide ? 64 : 40);
  header.half(all.length + 1).half(all.length);
  const table = new Writer(kind);
  let offset = headerSize;
  for (const { name, content, type = 1, flags = 0 } of [
    { name: '', content: Buffer.alloc(0), type: 0 },
    ...all,
  ]) {
    const nameAt = name === '' ? 0 : names.indexOf(`\0${name}\0`) + 1;
    table.word(nameAt).word(type).address(flags).address(0).address(offset).address(content.length);
    table.word(0).word(0).address(1).address(0);
    offset += content.length;
  }
  const identity = Buffer.from([0x7f, 0x45, 0x4c, 0x46, kind.wide ? 2 : 1, kind.little ? 1 : 2, 1, 0]);
  return Buffer.concat([identity, Buffer.alloc(8), ...header.parts, body, ...table.parts]);
}
