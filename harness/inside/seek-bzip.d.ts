/** The package has no types of its own. */
declare module 'seek-bzip' {
  interface Output {
    writeByte(byte: number): void;
    flush?(): void;
  }
  const Bunzip: { decode(input: Buffer, output: Output, multistream: boolean): unknown };
  export default Bunzip;
}
