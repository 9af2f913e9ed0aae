/** A package of a programming language. */
export interface LanguagePackage {
  /** As OSV names it: `npm`, `PyPI`. */
  ecosystem: string;
  /** As OSV names it: `@scope/name`, `group:artifact`. */
  name: string;
  version: string;
}

/** What a file says is installed. */
export interface Evidence {
  ecosystem: string;
  packages: LanguagePackage[];
  /** Whether that is all that the file brings: a program that tells nothing may be made of anything. */
  complete: boolean;
}

/** A package, and the file that says so. */
export interface FoundPackage extends LanguagePackage {
  /** Without a leading slash. */
  path: string;
}
