import manifest from '../package.json' with { type: 'json' };

export const HARNESS_VERSION = manifest.version;
