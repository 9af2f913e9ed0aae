import { readFile } from 'node:fs/promises';

/** QEMU's own BIOS for its graphics card, by distribution. The font in it is the one of text mode, and near to Linux's own. */
const FONT_FILES = [
  '/usr/share/seabios/vgabios-stdvga.bin',
  '/usr/share/seavgabios/vgabios-stdvga.bin',
  '/usr/share/qemu/vgabios-stdvga.bin',
];
/** The letters A and B in it, by which it is found: a byte is a row of eight dots. */
const A_AND_B = Buffer.from('000010386cc6c6fec6c6c6c6000000000000fc6666667c66666666fc00000000', 'hex');
const HEIGHT = 16;
const [FIRST, LAST] = [0x20, 0x7e];
/** Dots in which a letter may differ from that font; no two letters are nearer than that. */
const TOLERANCE = 5;
/** Of a machine's display; more is no screen. */
const MOST_DOTS = 8192;

/** Dots of the letters, as rows of eight, by their place from 0x20 on. */
export type Font = readonly Buffer[];

/** The font that screens are read with; null where this machine has none. */
export async function screenFont(): Promise<Font | null> {
  for (const path of FONT_FILES) {
    const bytes = await readFile(path).catch(() => null);
    const found = bytes?.indexOf(A_AND_B) ?? -1;
    const start = found - 'A'.charCodeAt(0) * HEIGHT;
    if (bytes === null || found < 0 || start < 0) continue;
    const letter = (code: number): Buffer =>
      bytes.subarray(start + code * HEIGHT, start + (code + 1) * HEIGHT);
    return Array.from({ length: LAST - FIRST + 1 }, (_, index) => letter(FIRST + index));
  }
  return null;
}

/**
 * Text on a screen: of a PC in text mode, or of Linux's console in letters of the same size. What is no letter of the font is
 * `?`, so that other pictures come out as that.
 * @param ppm a picture as QEMU makes it (PPM, P6)
 */
export function screenText(ppm: Buffer, font: Font): string {
  const [head = '', columns = '', rows = ''] =
    /^P6\s(\d+) (\d+)\s255\s/.exec(ppm.toString('latin1', 0, 30)) ?? [];
  const [width, height] = [Number(columns), Number(rows)];
  const dots = ppm.subarray(head.length);
  if (head === '' || Math.max(width, height) > MOST_DOTS || dots.length < width * height * 3) return '';
  // In text mode a letter is nine dots wide, the last of which is empty.
  const step = width === 720 ? 9 : 8;
  const known = new Map<string, string>();
  let text = '';
  for (let y = 0; y + HEIGHT <= height; y += HEIGHT) {
    let line = '';
    for (let x = 0; x + 8 <= width; x += step) {
      const cell = cellAt(dots, y * width + x, width);
      const key = cell.toString('latin1');
      const letter = known.get(key) ?? letterOf(cell, font);
      known.set(key, letter);
      line += letter;
    }
    // A line that fills the screen goes on in the next one.
    text += line.endsWith(' ') ? `${line.trimEnd()}\n` : line;
  }
  return `${text.trimEnd()}\n`;
}

/** What differs from the colour that most of a letter's place has. */
function cellAt(dots: Buffer, at: number, width: number): Buffer {
  const colours = Array.from({ length: HEIGHT * 8 }, (_, index) =>
    dots.readUIntBE((at + (index >> 3) * width + (index & 7)) * 3, 3),
  );
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const [ground] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  const cell = Buffer.alloc(HEIGHT);
  colours.forEach((colour, index) => {
    if (colour !== ground) cell[index >> 3] = (cell[index >> 3] ?? 0) | (0x80 >> (index & 7));
  });
  return cell;
}

function letterOf(cell: Buffer, font: Font): string {
  let [best, least] = ['?', TOLERANCE + 1];
  for (const [index, letter] of font.entries()) {
    const apart = distance(cell, letter, least);
    if (apart < least) [best, least] = [String.fromCharCode(FIRST + index), apart];
  }
  return best;
}

function distance(a: Buffer, b: Buffer, most: number): number {
  let apart = 0;
  for (let row = 0; row < HEIGHT && apart < most; row += 1)
    for (let bits = (a[row] ?? 0) ^ (b[row] ?? 0); bits !== 0; bits &= bits - 1) apart += 1;
  return apart;
}
