import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';

/** What a user does with it; `tests` is for those who change this program. */
export const TASKS = ['verify', 'verify --engine kubernetes', 'boot', 'boot, arm64', 'tests'] as const;
export type Task = (typeof TASKS)[number];

const findingSchema = z.strictObject({
  /** What it is needed for. */
  task: z.enum(TASKS),
  what: z.string(),
  ok: z.boolean(),
  found: z.string(),
  /** The command or sentence that fixes it; only where it is not ok. */
  fix: z.string().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

const schema = z.strictObject({
  schema: z.literal('twinproof/doctor/v1'),
  findings: z.array(findingSchema),
});

/** `twinproof/doctor/v1`: what this machine can do. */
export const doctorResult = (findings: Finding[]): z.infer<typeof schema> => ({
  schema: 'twinproof/doctor/v1',
  findings,
});

/** The published schema of it. */
export const doctorJsonSchema = (): string =>
  publishedSchema('doctor-v1', 'What a machine can do', z.toJSONSchema(schema));
