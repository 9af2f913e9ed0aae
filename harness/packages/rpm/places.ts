import { databaseIn } from '../places.ts';

export const inRpm = databaseIn('var/lib/rpm|usr/lib/sysimage/rpm|usr/share/rpm');
