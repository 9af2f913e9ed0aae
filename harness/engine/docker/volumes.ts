import { MARK } from '../marks.ts';
import type { Volumes } from '../port.ts';
import { type Api, engineCall } from './call.ts';

export const dockerVolumes = (api: Api): Volumes => ({
  made: async (name) => {
    const { Volumes } = await engineCall('list volumes', () =>
      api.listVolumes({ filters: { name: [name] } }),
    );
    const found = Volumes.find((volume) => volume.Name === name) as { CreatedAt?: string } | undefined;
    return found === undefined ? null : (found.CreatedAt ?? 'unknown');
  },
  create: async (name) => {
    await engineCall(`make the volume ${name}`, () =>
      api.createVolume({ Name: name, Labels: { [MARK]: 'true' } }),
    );
  },
  list: async () => {
    const { Volumes } = await engineCall('list volumes', () =>
      api.listVolumes({ filters: { label: [`${MARK}=true`] } }),
    );
    return Volumes.map(({ Name }) => Name);
  },
  remove: async (name) => {
    await engineCall(`remove the volume ${name}`, () => api.getVolume(name).remove());
  },
});
