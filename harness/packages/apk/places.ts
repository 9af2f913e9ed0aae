import { databaseIn } from '../places.ts';

export const inApk = databaseIn('(?:usr/)?lib/apk/db|usr/lib/sysimage/apk/db');
