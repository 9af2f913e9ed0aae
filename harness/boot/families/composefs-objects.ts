/** Form of an object's name, `XX/REST` of its fs-verity digest in hex: digits of REST, by the algorithm that fsverity(1) knows. */
const FORMS = { sha256: 62, sha512: 126 };

/**
 * Script that reads every object of a composefs repository back and checks it against its name; it says which is another one.
 * Where nothing can be read back it calls `unread REASON`. Sources: composefs-rs 0.9, doc/repository.md; fsverity-utils 1.5,
 * programs/cmd_digest.c: a line is `ALGORITHM:DIGEST FILE`.
 * @param folder of the objects
 */
export const objectsReadBack = (
  folder: string,
): string => `cd '${folder}' 2> /dev/null || unread 'it has no ${folder}'
command -v fsverity > /dev/null || unread 'there is no fsverity(1)'
lists=$(mktemp -d) || exit 1
trap 'cd / && rm -rf "$lists"' EXIT
find . -type f > "$lists/all"
[ -s "$lists/all" ] || unread 'there are no objects'
{
${Object.entries(FORMS).map(readBack).join('\n')}
} > "$lists/read"
other=$(sed -E '\\:^[a-z0-9]+\\:([0-9a-f]{2})([0-9a-f]+) \\./\\1/\\2$:d' "$lists/read" | head -n 1)
[ -z "$other" ] || { echo "an object has other content than its name says: \${other#* }" >&2; exit 1; }
[ "$(wc -l < "$lists/read")" -eq "$(wc -l < "$lists/all")" ] || { echo 'an object has no name of a digest' >&2; exit 1; }`;

const readBack = ([algorithm, digits]: [string, number]): string =>
  `find . -type f -regextype posix-extended -regex '\\./[0-9a-f]{2}/[0-9a-f]{${digits}}' \\
    -exec fsverity digest --hash-alg=${algorithm} {} + || exit 1`;
