import { z } from 'zod';
import { publishedSchema } from '../model/json-schema.ts';

const schema = z.strictObject({
  schema: z.literal('twinproof/clean/v1'),
  containers: z.array(z.string()),
  folders: z.array(z.string()),
  images: z.array(z.string()),
  volumes: z.array(z.string()),
  /** Kubernetes Jobs, with their pods. */
  jobs: z.array(z.string()),
  /** Number of files. */
  downloads: z.int().nonnegative(),
});
export type Cleaned = Omit<z.infer<typeof schema>, 'schema'>;

/** `twinproof/clean/v1`: what was removed. */
export const cleanResult = (cleaned: Cleaned): z.infer<typeof schema> => ({
  schema: 'twinproof/clean/v1',
  ...cleaned,
});

/** The published schema of it. */
export const cleanJsonSchema = (): string =>
  publishedSchema('clean-v1', 'What was removed from a machine', z.toJSONSchema(schema));
