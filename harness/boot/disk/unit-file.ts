/** Sections of a file in the form of systemd's units: all values of a key, the last one last. */
export type UnitFile = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Reads such a file; what is no assignment is passed over. Source: systemd.syntax(7). */
export function parseUnitFile(text: string): UnitFile {
  const sections = new Map<string, Map<string, string[]>>();
  let section = new Map<string, string[]>();
  for (const line of joined(text)) {
    const [, title] = /^\[([^\]]*)\]$/.exec(line) ?? [];
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string[]>();
      sections.set(title, section);
      continue;
    }
    const [, key, value] = /^([^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) section.set(key, [...(section.get(key) ?? []), value]);
  }
  return sections;
}

/** Lines without comments; one that ends with a backslash goes on in the next. */
function joined(text: string): string[] {
  const lines: string[] = [];
  let open = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (/^[#;]/.test(line)) continue;
    const more = line.endsWith('\\');
    const part = more ? line.slice(0, -1) : line;
    if (open) lines.push(`${lines.pop() ?? ''} ${part}`);
    else lines.push(part);
    open = more;
  }
  return lines.map((line) => line.trim());
}
