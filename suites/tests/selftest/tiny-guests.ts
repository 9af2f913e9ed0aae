import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** A disk from which a PC's firmware starts these bytes of 16-bit code. */
export async function tinyDisk(folder: string, code: number[]): Promise<string> {
  const path = join(folder, 'guest.raw');
  // Two mebibytes: firmware does not read from a disk without a single cylinder.
  const disk = Buffer.alloc(2 ** 21);
  Buffer.from(code).copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  await writeFile(path, disk);
  return path;
}

/** Writes R to the first serial port, then answers every byte on the second with the next letter from A. */
export const COUNTING = [
  [0xfa], // cli
  [0xbb, 0x41, 0x00], // mov bx, 'A'
  [0xba, 0xf8, 0x03], // mov dx, 0x3f8
  [0xb0, 0x52], // mov al, 'R'
  [0xee], // out dx, al
  [0xba, 0xfd, 0x02], // poll: mov dx, 0x2fd
  [0xec], // in al, dx
  [0xa8, 0x01], // test al, 1
  [0x74, 0xf8], // jz poll
  [0xba, 0xf8, 0x02], // mov dx, 0x2f8
  [0xec], // in al, dx
  [0x88, 0xd8], // mov al, bl
  [0xee], // out dx, al
  [0x43], // inc bx
  [0xeb, 0xee], // jmp poll
].flat();

/** Writes to the first serial port for ever. */
export const FLOODING = [
  [0xfa], // cli
  [0xba, 0xf8, 0x03], // mov dx, 0x3f8
  [0xb0, 0x78], // again: mov al, 'x'
  [0xee], // out dx, al
  [0xeb, 0xfb], // jmp again
].flat();

/** Does nothing at all. */
export const HANGING = [0xfa, 0xf4, 0xeb, 0xfd];

/** Starts itself again through the keyboard controller. */
export const RESETTING = [0xfa, 0xb0, 0xfe, 0xe6, 0x64, 0xf4, 0xeb, 0xfd];

/**
 * A disk for arm64: its EFI system partition has a program that writes to the serial port and ends its machine. The machine
 * `virt` has that port, a PL011, at 0x9000000.
 */
export async function tinyArmDisk(folder: string, text: string): Promise<string> {
  const path = join(folder, 'arm64.raw');
  await writeFile(path, '');
  await truncate(path, 64 * 2 ** 20);
  await execa('sfdisk', ['--quiet', path], { input: 'label: gpt\nstart=1MiB, size=60MiB, type=uefi\n' });
  const esp = ['-i', `${path}@@1M`];
  await execa('mformat', [...esp, '-T', '122880', '-h', '16', '-s', '32', '::']);
  await execa('mmd', [...esp, '::/EFI', '::/EFI/BOOT']);
  const write = [...Buffer.from(text)].flatMap((byte) => [
    0x5280_0000 | (byte << 5), // mov w0, byte
    0xb900_0020, // str w0, [x1]
  ]);
  const off = [
    0x5280_0100, // mov w0, 0x84000008: SYSTEM_OFF of PSCI
    0x72b0_8000,
    0xd400_0002, // hvc 0
  ];
  // mov w1, 0x9000000
  const program = efiProgram(0xaa64, [0x52a1_2001, ...write, ...off]);
  await execa('mcopy', [...esp, '-', '::/EFI/BOOT/BOOTAA64.EFI'], { input: program });
  return path;
}

const SECTION_AT = 0x1000;

/** A program for UEFI with one section. Source: Microsoft, PE Format, "Optional Header". @param words 32-bit code */
function efiProgram(machine: number, words: number[]): Buffer {
  const file = Buffer.alloc(0x200 + 0x1000);
  file.write('MZ');
  file.writeUInt32LE(0x40, 0x3c);
  file.write('PE\0\0', 0x40);
  const [coff, optional] = [0x44, 0x58];
  file.writeUInt16LE(machine, coff);
  file.writeUInt16LE(1, coff + 2); // sections
  file.writeUInt16LE(0xa0, coff + 16); // size of the optional header
  file.writeUInt16LE(0x0206, coff + 18); // executable
  file.writeUInt16LE(0x20b, optional); // PE32+
  file.writeUInt32LE(0x1000, optional + 4); // size of code
  file.writeUInt32LE(SECTION_AT, optional + 16); // entry
  file.writeUInt32LE(SECTION_AT, optional + 20); // base of code
  file.writeUInt32LE(0x1000, optional + 32); // section alignment
  file.writeUInt32LE(0x200, optional + 36); // file alignment
  file.writeUInt32LE(0x2000, optional + 56); // size in memory
  file.writeUInt32LE(0x200, optional + 60); // size of headers
  file.writeUInt16LE(10, optional + 68); // an application for EFI
  file.writeUInt32LE(6, optional + 108); // data directories, all empty
  const section = optional + 0xa0;
  file.write('.text', section);
  for (const [at, value] of [
    [8, 0x1000], // size in memory
    [12, SECTION_AT],
    [16, 0x1000], // size in the file
    [20, 0x200], // place in the file
    [36, 0x6000_0020], // code, to be run and read
  ] as const)
    file.writeUInt32LE(value, section + at);
  for (const [index, word] of words.entries()) file.writeUInt32LE(word >>> 0, 0x200 + 4 * index);
  return file;
}
