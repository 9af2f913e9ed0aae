/**
 * Runs in the network namespace of one build, which has nothing but loopback, and answers there for what is locked:
 * names of hosts (DNS), and exactly the locked URLs (HTTP and HTTPS). Whatever else is asked for is refused and written
 * down. Arguments: a file with `NetworkPlan`, the folder of its files, the file for refusals, a file to make when ready,
 * and after how many seconds it ends.
 * Imports nothing but Node: the harness is not there.
 */
import { createReadStream, readFileSync, statSync, writeFileSync, appendFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createSocket } from 'node:dgram';
import { type Server, type Socket, createServer as createTcp } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { answerTo } from './dns.ts';
import { type NetworkPlan, type Refusal, partOf } from './network-plan.ts';

const [planFile = '', folder = '', refusals = '', ready = '', time = '0'] = process.argv.slice(2);
// Nothing is left when the harness is killed.
setTimeout(() => process.exit(1), Number(time) * 1000);
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as NetworkPlan;
const routes = new Map(plan.routes.map((route) => [route.url, route]));

/** A build that asks without end fills no disk. */
const MAX_REFUSALS = 10_000;
let written = 0;

function refuse(refusal: Refusal): void {
  written += 1;
  if (written <= MAX_REFUSALS) appendFileSync(refusals, `${JSON.stringify(refusal)}\n`);
}

function respond(scheme: 'http' | 'https', request: IncomingMessage, response: ServerResponse): void {
  const host = request.headers.host ?? '';
  const url = canonical(`${scheme}://${host}${request.url ?? '/'}`);
  const route = url === null ? undefined : routes.get(url);
  const method = request.method ?? '';
  if (route === undefined || !['GET', 'HEAD'].includes(method)) {
    refuse({ kind: 'url', what: (url ?? `${scheme}://${host}`).slice(0, 2000) });
    response.writeHead(403, { 'content-type': 'text/plain' }).end('not in the lock of this build\n');
    return;
  }
  if ('location' in route) {
    response.writeHead(route.status, { location: route.location }).end();
    return;
  }
  send(join(folder, route.file), request, response);
}

function send(file: string, request: IncomingMessage, response: ServerResponse): void {
  const { size } = statSync(file);
  const part = partOf(request.headers.range, size);
  const headers = {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    // Programs that copy it into the time of a file must not be told the time of the build.
    'last-modified': new Date(plan.modified * 1000).toUTCString(),
  };
  if (part === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = part ?? { start: 0, end: size - 1 };
  const range = part === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` };
  response.writeHead(part === null ? 200 : 206, { ...headers, ...range, 'content-length': end - start + 1 });
  if (request.method === 'HEAD' || size === 0) response.end();
  // A client that goes away is its own business.
  else pipeline(createReadStream(file, { start, end }), response, () => undefined);
}

/** As the plan spells URLs: WHATWG, without fragment. */
function canonical(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return null;
  url.hash = '';
  return url.href;
}

const listening: Promise<void>[] = [];
const listen = (server: Server, port: number): void => {
  listening.push(new Promise((done) => server.listen(port, '127.0.0.1', done)));
};

for (const port of plan.ports.http)
  listen(
    createHttp((q, r) => respond('http', q, r)),
    port,
  );
for (const port of plan.ports.https)
  listen(
    createHttps({ key: plan.key, cert: plan.certificates }, (q, r) => respond('https', q, r)),
    port,
  );

function answer(query: Buffer): Buffer | null {
  const { response, refused } = answerTo(query, plan.hosts);
  if (refused !== null) refuse({ kind: 'name', what: refused });
  return response;
}

const datagrams = createSocket('udp4');
datagrams.on('message', (query, { address, port }) => {
  const response = answer(query);
  if (response !== null) datagrams.send(response, port, address);
});
listening.push(new Promise((done) => datagrams.bind(53, '127.0.0.1', done)));

/** DNS over TCP: two bytes of length before each message (RFC 1035, section 4.2.2). */
function converse(socket: Socket): void {
  let held = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0);
      const response = answer(held.subarray(2, end));
      held = held.subarray(end);
      if (response === null) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    }
  });
}
listen(createTcp(converse), 53);

await Promise.all(listening);
writeFileSync(ready, '');
