/**
 * What the steps of the tasks run. Parameters come as variables, never as text of a script: a parameter is whatever somebody
 * sets it to. What one task leaves is in the registry under names that the others can tell by themselves: that of the
 * PipelineRun, of the subject (hashed, since it holds more than a tag may) and of the job.
 */
const HEAD = `#!/bin/sh
set -eu
`;

const SOURCE = `git init --quiet "$WORK/source"
cd "$WORK/source"
git fetch --quiet -- "$URL" "$REVISION"
git checkout --quiet --detach FETCH_HEAD
# Options are words.
set -f
set -- --catalog "$CATALOG" --quiet $OPTIONS
set +f
`;

const NAMES = `name_of() { printf '%s:%s-%s-%s' "$REPOSITORY" "$RUN" "$(printf %s "$1" | sha256sum | cut -c 1-16)" "$2"; }
push() { twinproof job push "$1" "$(name_of "$SUBJECT" "$2")" --tls-verify "$TLS_VERIFY"; }
pull() { twinproof job pull "$(name_of "$SUBJECT" "$1")" "$WORK/$1" --tls-verify "$TLS_VERIFY"; }
`;

export const PREPARE = `${HEAD}${SOURCE}${NAMES}
twinproof job prepare "$SUBJECT" --out "$WORK/prepared" "$@"
push "$WORK/prepared" prepared
`;

export const BUILD = `${HEAD}${SOURCE}${NAMES}
pull prepared
twinproof job build "$WORK/prepared" --twin "$TWIN" --out "$WORK/twin" "$@"
push "$WORK/twin" "$TWIN"
`;

export const JUDGE = `${HEAD}${SOURCE}${NAMES}
pull prepared
pull A
pull B
# What does not hold is in the run, for the report to tell; only what leaves no run fails here.
twinproof job judge "$WORK/prepared" "$WORK/A" "$WORK/B" --results "$WORK/runs" "$@" || test -d "$WORK/runs"
push "$WORK"/runs/* run
`;

/** Its arguments are the subjects, so that one whose job failed is missing by name. */
export const REPORT = `${HEAD}${NAMES}
missing=''
for subject in "$@"; do
  SUBJECT="$subject"
  run="$(name_of "$subject" run)"
  if ! twinproof job pull "$run" "$WORK/runs/\${run##*:}" --tls-verify "$TLS_VERIFY"; then
    missing="$missing $subject"
  fi
done
printf none > "$RESULT_REPORT"
# A pull that failed may have left the folder.
if [ -n "$(ls "$WORK/runs" 2> /dev/null)" ]; then
  twinproof job merge "$WORK"/runs/* --results "$WORK/merged" --quiet || test -d "$WORK/merged"
  twinproof report "$WORK"/merged/*/run.jsonl --format konflux --format html --out "$WORK/reports" --no-exit-code
  cp "$WORK/reports/index.html" "$WORK"/merged/*/
  twinproof job push "$WORK"/merged/* "$REPOSITORY:$RUN-report" --tls-verify "$TLS_VERIFY" | tr -d '\\n' > "$RESULT_REPORT"
fi
if [ -n "$missing" ] || [ ! -d "$WORK/reports" ]; then
  # A pipeline that lost a subject has not verified its catalog, whatever the others came to.
  mkdir -p "$WORK/reports"
  printf '{"result":"ERROR","timestamp":"%s","note":"subjects without a result","successes":0,"failures":0,"warnings":0}' \\
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" > "$WORK/reports/TEST_OUTPUT"
  printf false > "$WORK/reports/REPRODUCIBLE"
  printf '%s of %s subjects left no result:%s' "$(printf %s "$missing" | wc -w)" "$EXPECTED" "$missing" |
    head -c 1400 > "$WORK/reports/DIFF_SUMMARY"
fi
cp "$WORK/reports/TEST_OUTPUT" "$RESULT_TEST_OUTPUT"
cp "$WORK/reports/REPRODUCIBLE" "$RESULT_REPRODUCIBLE"
cp "$WORK/reports/DIFF_SUMMARY" "$RESULT_DIFF_SUMMARY"
`;
