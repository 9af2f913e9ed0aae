import { benchVerify } from './verify.ts';

process.stdout.write(`${await benchVerify()}\n`);
