import { databaseIn } from '../places.ts';

export const inDpkg = databaseIn('(?:var/lib|usr/lib/sysimage|usr/lib)/dpkg|usr/share/dpkg/database');
