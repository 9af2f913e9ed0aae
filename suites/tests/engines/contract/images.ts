import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { loadBase } from '../../selftest/one-file-image.ts';
import { type Check, start } from './types.ts';

const NOWHERE = `127.0.0.1:1/nowhere@sha256:${'0'.repeat(64)}`;

export const images: Check[] = [
  {
    name: 'an image that is loaded is found, listed, exported and removed',
    check: async ({ engine, folder }) => {
      const repository = `localhost/twinproof-contract-${randomBytes(4).toString('hex')}`;
      const name = `${repository}:1`;
      assert.equal(await engine.images.find(name), null);
      {
        await using base = await loadBase(engine, folder, name);
        const found = await engine.images.find(name);
        assert.match(found?.id ?? '', /^sha256:[0-9a-f]{64}$/);
        assert.equal(found?.architecture, 'amd64');
        assert.equal(found.diffIds.length, 1);
        if (found.idOf === 'config') assert.equal(found.id, base.config);
        assert.equal((await engine.images.find(found.id))?.id, found.id);
        assert.deepEqual(await engine.images.list(repository), [name]);
        let bytes = 0;
        for await (const chunk of await engine.images.export(name)) bytes += chunk.length;
        assert.ok(bytes > 1024);
      }
      assert.equal(await engine.images.find(name), null);
      assert.deepEqual(await engine.images.list(repository), []);
      await engine.images.remove(name);
    },
  },
  {
    name: 'what is no image is not loaded',
    check: async ({ engine }) => {
      const noImage = (async function* () {
        yield await Promise.resolve(Buffer.alloc(10_240));
      })();
      await assert.rejects(engine.images.load(noImage), { code: 'engine-unavailable' });
    },
  },
  {
    name: 'an image that is not there is no export, no pull and no container',
    check: async (place) => {
      const { engine } = place;
      await assert.rejects(engine.images.export('localhost/nowhere:1'), { code: 'input-unavailable' });
      await assert.rejects(engine.images.pull(NOWHERE), { code: 'input-unavailable' });
      await assert.rejects(start(place, { image: 'localhost/nowhere:1' }), { code: 'engine-unavailable' });
    },
  },
];
