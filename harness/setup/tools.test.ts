import { expect, test } from 'vitest';
import type { Tool } from './tool-list.mjs';
import { locateTool } from './tools.mjs';

const tool: Tool = { command: 'no-such-program', apt: 'none', dnf: null, group: 'tools', why: 'a test' };

test('a tool is found under any of its names', () => {
  expect(locateTool(tool)).toBeNull();
  expect(locateTool({ ...tool, also: ['nor-this', 'sh'] })).toMatch(/\/sh$/);
});

test('what is no program is there when what uses it can', () => {
  expect(locateTool({ ...tool, probe: ['/bin/sh', '-c', 'exit 0'] })).toBe('/bin/sh');
  expect(locateTool({ ...tool, probe: ['/bin/sh', '-c', 'exit 1'] })).toBeNull();
});
