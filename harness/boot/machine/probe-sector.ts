/** Times round the loop between the two letters. */
const ROUNDS = 50_000_000;

/** What the probe leaves as its exit code: QEMU's isa-debug-exit makes `value * 2 + 1` of it. */
const EXIT_VALUE = 0x2a;
export const EXIT_CODE = EXIT_VALUE * 2 + 1;
export const BEGIN = 'B';
export const END = 'E';
/** I/O port of isa-debug-exit. */
export const EXIT_PORT = 0xf4;

const letter = (text: string): number => text.charCodeAt(0);

/**
 * A whole guest in one boot sector, 16-bit code that a PC's firmware loads to 0x7c00: writes a letter to the first
 * serial port, counts to fifty million, writes another, and ends its machine. Whatever runs it really executes code.
 */
export function probeSector(): Buffer {
  const rounds = Buffer.alloc(4);
  rounds.writeUInt32LE(ROUNDS);
  const code = [
    [0xfa], // cli
    [0xba, 0xf8, 0x03], // mov dx, 0x3f8
    [0xb0, letter(BEGIN)], // mov al, 'B'
    [0xee], // out dx, al
    [0x66, 0xb9, ...rounds], // mov ecx, ROUNDS
    [0x66, 0x49], // again: dec ecx
    [0x75, 0xfc], // jnz again
    [0xb0, letter(END)], // mov al, 'E'
    [0xee], // out dx, al
    [0xba, EXIT_PORT, 0x00], // mov dx, EXIT_PORT
    [0xb0, EXIT_VALUE], // mov al, EXIT_VALUE
    [0xee], // out dx, al
    [0xf4], // stop: hlt
    [0xeb, 0xfd], // jmp stop
  ].flat();
  const sector = Buffer.alloc(512);
  Buffer.from(code).copy(sector);
  // The mark by which firmware tells a boot sector.
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
