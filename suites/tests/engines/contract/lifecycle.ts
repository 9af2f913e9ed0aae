import { strict as assert } from 'node:assert';
import { type Check, type Place, start, within } from './types.ts';

const listed = async ({ engine }: Place, id: string): Promise<boolean> =>
  (await engine.list()).some((each) => each.id === id);
/** Answers on loopback only. */
const SERVER = ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', '/tmp', '8000'];
const URL = 'http://127.0.0.1:8000/';
const ASK_ONCE = ['curl', '--silent', '--max-time', '5', URL];
const ASK = ['timeout', '30', 'sh', '-c', `until curl --silent --fail ${URL}; do sleep 0.1; done`];
const LIMITS = { memory: 256 * 1024 ** 2, processes: 64 };

export const lifecycle: Check[] = [
  {
    name: 'commands tell their exit code and both outputs',
    check: async (place) => {
      await using container = await start(place);
      const { exitCode, stdout, stderr } = await container.exec(['sh', '-c', 'echo a; echo b >&2; exit 7']);
      assert.deepEqual([exitCode, stdout.trim(), stderr.trim()], [7, 'a', 'b']);
      const { stdout: user } = await container.exec(['id', '-u'], { user: '1234' });
      assert.equal(user.trim(), '1234');
    },
  },
  {
    name: 'a main process that ended can be asked for its exit code and output',
    check: async (place) => {
      const command = ['sh', '-c', 'echo said; echo wrong >&2; exit 3'];
      await using container = await start(place, { command, keepAfterExit: true });
      assert.deepEqual(await container.wait(30_000), { exitCode: 3 });
      assert.equal(await container.running(), false);
      assert.deepEqual((await container.output()).trim().split('\n').sort(), ['said', 'wrong']);
    },
  },
  {
    name: 'waiting has a limit',
    check: async (place) => {
      await using container = await start(place, { keepAfterExit: true });
      assert.equal(await container.wait(500), null);
      assert.equal(await container.running(), true);
    },
  },
  {
    name: 'a container is listed with its owner, and gone when its scope ends',
    check: async (place) => {
      let id = '';
      {
        await using container = await start(place);
        ({ id } = container);
        const found = (await place.engine.list()).find((each) => each.id === id);
        assert.deepEqual(found?.owner, place.owner);
      }
      assert.ok(await within(10, async () => !(await listed(place, id))));
    },
  },
  {
    name: 'a container can be removed by its ID, twice',
    check: async (place) => {
      await using container = await start(place, { keepAfterExit: true });
      await place.engine.remove(container.id);
      assert.ok(await within(10, async () => !(await listed(place, container.id))));
      assert.equal(await container.running(), false);
      await place.engine.remove(container.id);
    },
  },
  {
    name: 'what nobody removes is gone when its main process ends',
    check: async (place) => {
      const { id } = await start(place, { command: ['sh', '-c', 'sleep 2 & wait'] });
      assert.ok(await listed(place, id));
      assert.ok(await within(20, async () => !(await listed(place, id))));
    },
  },
  {
    name: 'a sidecar shares the network and nothing else, and ends with its container',
    check: async (place) => {
      const ids: string[] = [];
      {
        const sidecar = { image: place.image, command: SERVER, limits: LIMITS, scratch: { '/tmp': {} } };
        await using container = await start(place, { sidecars: { server: sidecar } });
        const server = container.sidecar('server');
        ids.push(container.id, server.id);
        assert.equal((await container.exec(ASK)).exitCode, 0);
        await server.exec(['touch', '/tmp/mine']);
        assert.notEqual((await container.exec(['test', '-e', '/tmp/mine'])).exitCode, 0);
        // Process 1 of each is its own.
        assert.doesNotMatch((await container.exec(['cat', '/proc/1/cmdline'])).stdout, /http\.server/);
        await using other = await start(place);
        assert.notEqual((await other.exec(ASK_ONCE)).exitCode, 0);
      }
      for (const id of ids) assert.ok(await within(10, async () => !(await listed(place, id))));
    },
  },
  {
    name: 'a container that ended at once has no sidecar, and still tells why',
    check: async (place) => {
      const sidecars = { server: { image: place.image, command: SERVER, limits: LIMITS } };
      const command = ['sh', '-c', 'echo gone; exit 5'];
      await using container = await start(place, { command, keepAfterExit: true, sidecars });
      assert.deepEqual(await container.wait(30_000), { exitCode: 5 });
      assert.equal((await container.output()).trim(), 'gone');
    },
  },
];
