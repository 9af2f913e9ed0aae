import { Command, Option } from 'commander';
import { portablePath } from '../catalog/portable-path.ts';
import { openCatalog } from '../catalog/open.ts';
import { tektonOf } from '../emit/tekton/tekton.ts';
import { TwinproofError } from '../errors.ts';
import { selectSubjects } from '../plan/select.ts';
import { requireNoSuites } from '../run/jobs/task.ts';
import { openOptions } from './catalog-options.ts';
import { collect } from './options.ts';
import { tell } from './output.ts';
import { writeFolder } from './write-files.ts';

interface Options {
  image: string[];
  builder: string[];
  privileges?: 'nested';
  name: string;
  runnerImage: string;
  engineImage: string;
  konflux: boolean;
  out: string;
}

/** `twinproof emit`: the jobs of a catalog for something that runs jobs; docs/ci/README.md. */
export function emitCommand(): Command {
  return new Command('emit')
    .description('write the jobs of a catalog for a system that runs jobs')
    .addCommand(tektonCommand().exitOverride());
}

function tektonCommand(): Command {
  return new Command('tekton')
    .description('Tekton tasks and pipelines that verify a catalog, with a TaskRun for each twin')
    .argument('[catalog]', 'catalog file, or a folder that holds one', '.')
    .option('--image <selection>', 'only these subjects, as for verify (repeatable)', collect, [])
    .option('--builder <image>', 'as for verify (repeatable)', collect, [])
    .addOption(new Option('--privileges <which>', 'as for verify').choices(['nested']))
    .option('--name <name>', 'what the names of all resources begin with', 'twinproof')
    .option('--runner-image <image>', 'has Node, git and this command', 'registry.example/twinproof')
    .option('--engine-image <image>', 'has podman', 'registry.example/podman')
    .option('--konflux', 'for Konflux: its snapshots, and a machine over SSH for each TaskRun', false)
    .requiredOption('--out <dir>', 'folder for pipelines.yaml and runs.yaml')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .action(run);
}

async function run(path: string, options: Options): Promise<void> {
  const { name, runnerImage, engineImage, konflux, out, builder, privileges } = options;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) {
    throw new TwinproofError('usage', `--name ${JSON.stringify(name)} cannot begin names of resources`, {
      hint: 'use up to 30 lower-case letters, digits and hyphens',
    });
  }
  const catalog = await openCatalog(path, openOptions({ ...options, resolveBuilder: false }));
  requireNoSuites(catalog);
  const subjects = selectSubjects(catalog.subjects, options.image, '--image ');
  const words = [
    ...builder.flatMap((one) => ['--builder', one]),
    ...(privileges === undefined ? [] : ['--privileges', privileges]),
  ];
  const files = tektonOf(subjects, {
    name,
    image: runnerImage,
    engineImage,
    konflux,
    catalog: await portablePath(path),
    options: words.join(' '),
  });
  await writeFolder(out, files);
  tell(`${subjects.length} subjects in ${out}: ${[...files.keys()].join(', ')}\n`);
}
