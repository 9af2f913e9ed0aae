import type { Architecture } from './types.ts';

/**
 * A whole guest: writes a letter to the first serial port, counts to fifty million, writes another, and ends its machine.
 * Whatever runs it really executes code.
 */
export interface ProbeGuest {
  code: Buffer;
  /** How it comes into the machine, from a file of the name `probe.raw`. */
  options: readonly string[];
  /** What QEMU leaves as its exit code when the guest has ended the machine itself. */
  exitCode: number;
}

/** What it writes before and after it counts. */
export const BEGIN = 'B';
export const END = 'E';

/** Times round the loop between the two letters. */
const ROUNDS = 50_000_000;

const letter = (text: string): number => text.charCodeAt(0);

/** QEMU's isa-debug-exit makes `value * 2 + 1` of it. */
const EXIT_VALUE = 0x2a;
/** I/O port of isa-debug-exit. */
const EXIT_PORT = 0xf4;

/** 16-bit code that a PC's firmware loads from the first sector of a disk to 0x7c00. */
function sector(): Buffer {
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
  // Firmware does not read from a disk without a single cylinder.
  const disk = Buffer.alloc(2 ** 21);
  Buffer.from(code).copy(disk);
  // The mark by which firmware tells a boot sector.
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** `movz` and `movk`: 16 bits into a register, at bit 0 or 16. Source: Arm Architecture Reference Manual, C6.2. */
const movz = (register: number, value: number, at: 0 | 16 = 0): number =>
  0x5280_0000 | ((at / 16) << 21) | (value << 5) | register;
const movk = (register: number, value: number, at: 0 | 16 = 0): number =>
  0x7280_0000 | ((at / 16) << 21) | (value << 5) | register;

/** 64-bit code that is put into memory; the machine `virt` has its serial port, a PL011, at 0x9000000. */
function bare(): Buffer {
  const words = [
    movz(1, 0x900, 16), // mov w1, 0x9000000
    movz(3, 0x301), // mov w3, 0x301: on, and sending and receiving, too
    0xb900_3023, // str w3, [x1, 0x30]
    movz(0, letter(BEGIN)), // mov w0, 'B'
    0xb900_0020, // str w0, [x1]
    movz(2, ROUNDS & 0xffff), // mov w2, ROUNDS
    movk(2, ROUNDS >> 16, 16),
    0x7100_0442, // again: subs w2, w2, 1
    0x54ff_ffe1, // b.ne again
    movz(0, letter(END)), // mov w0, 'E'
    0xb900_0020, // str w0, [x1]
    movz(0, 0x8), // mov w0, 0x84000008: SYSTEM_OFF of PSCI
    movk(0, 0x8400, 16),
    0xd400_0002, // hvc 0
    0xd503_207f, // stop: wfi
    0x17ff_ffff, // b stop
  ];
  const code = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word >>> 0, 4 * index);
  return code;
}

/** The guest that proves an accelerator. */
export function probeGuest(architecture: Architecture): ProbeGuest {
  if (architecture === 'arm64')
    return {
      code: bare(),
      options: ['-device', 'loader,file=probe.raw,addr=0x40200000,cpu-num=0,force-raw=on'],
      exitCode: 0,
    };
  return {
    code: sector(),
    options: [
      ...['-blockdev', 'raw,node-name=disk,read-only=on,file.driver=file,file.filename=probe.raw'],
      ...['-device', 'virtio-blk-pci,drive=disk'],
      ...['-device', `isa-debug-exit,iobase=${EXIT_PORT},iosize=1`],
    ],
    exitCode: EXIT_VALUE * 2 + 1,
  };
}
