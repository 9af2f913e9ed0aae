import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
