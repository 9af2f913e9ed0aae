/** What may be spent on one look; counted in work, not in seconds, so that the same input always ends at the same place. */
export const LIMITS = {
  /** Containers inside containers. */
  depth: 8,
  /** Differing files that are looked into. */
  files: 400,
  /** One file of a layer; bytes. */
  fileBytes: 32 * 2 ** 20,
  /** All files together; bytes. */
  totalBytes: 256 * 2 ** 20,
  /** What one compressed part may expand to; bytes. */
  partBytes: 64 * 2 ** 20,
  /** Fields, children and lines named by one node. */
  fields: 100,
  children: 200,
  /** Nodes of one file, and of all files. */
  fileNodes: 1000,
  nodes: 20_000,
  /** Bytes gone through (a byte expanded or compared counts once), of one file and of all. */
  fileWork: 512 * 2 ** 20,
  work: 4 * 2 ** 30,
} as const;

/** Counts down; what one file did not use is left for the next. */
export class Budget {
  nodes: number;
  work: number;

  constructor(nodes: number = LIMITS.nodes, work: number = LIMITS.work) {
    this.nodes = nodes;
    this.work = work;
  }

  /** The part of it that one file may use. */
  share(): Budget {
    return new Budget(Math.min(this.nodes, LIMITS.fileNodes), Math.min(this.work, LIMITS.fileWork));
  }

  /** Takes back a share: what was used of it is gone here as well. */
  settle(share: Budget): void {
    this.nodes -= Math.min(this.nodes, LIMITS.fileNodes) - share.nodes;
    this.work -= Math.min(this.work, LIMITS.fileWork) - share.work;
  }

  /** @returns false when there is not that much left; then nothing is taken */
  spend(work: number): boolean {
    if (work > this.work) return false;
    this.work -= work;
    return true;
  }

  node(): boolean {
    if (this.nodes <= 0) return false;
    this.nodes--;
    return true;
  }
}
