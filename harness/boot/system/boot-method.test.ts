import { expect, test } from 'vitest';
import { ADDED, addedArguments, patience } from './boot-method.ts';

test("the guest's own limits grow as those here do", () => {
  expect(addedArguments(1)).toBe(ADDED);
  expect(addedArguments(4.5)).toBe(
    `${ADDED} systemd.default_timeout_start_sec=405 systemd.default_device_timeout_sec=405 rd.retry=810`,
  );
  expect([patience(1), patience(10)]).toEqual([90, 900]);
});
