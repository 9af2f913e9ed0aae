// Finds a container engine that answers, the way its clients do.
import { accessSync, constants, statSync } from 'node:fs';
import { request } from 'node:http';

/** @returns {string[]} Unix sockets, most wanted first */
export function engineSockets() {
  const host = process.env['DOCKER_HOST'];
  if (host !== undefined && host !== '')
    return host.startsWith('unix://') ? [host.slice('unix://'.length)] : [];
  const runtime = process.env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [`${runtime}/docker.sock`, `${runtime}/podman/podman.sock`]),
    '/run/podman/podman.sock',
  ];
}

/**
 * @param {string} socketPath
 * @returns {Promise<boolean>}
 */
export function answers(socketPath) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 3000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** @returns {string | null} the socket of an engine that runs and that this user may not use */
export function deniedSocket() {
  for (const socket of engineSockets()) {
    if (statSync(socket, { throwIfNoEntry: false })?.isSocket() !== true) continue;
    try {
      accessSync(socket, constants.R_OK | constants.W_OK);
    } catch {
      return socket;
    }
  }
  return null;
}

/** @returns {Promise<string | null>} the socket or address of an engine that answers */
export async function findEngine() {
  const host = process.env['DOCKER_HOST'];
  // An engine elsewhere is the user's own business; the harness will say if it does not answer.
  if (host !== undefined && host !== '' && !host.startsWith('unix://')) return host;
  for (const socket of engineSockets()) {
    if (await answers(socket)) return socket;
  }
  return null;
}
