import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';

/** Git's own server for HTTP, `git http-backend`, on a port of this machine. */
export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; below it are the repositories of the folder. */
  url: string;
  /** Headers with credentials that clients sent. */
  credentials: string[];
}

/** @param redirect where to send a client for a path; null to answer it */
export async function serveGit(
  folder: string,
  redirect: (path: string) => string | null = () => null,
): Promise<GitServer> {
  const credentials: string[] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) credentials.push(authorization);
    const location = redirect(request.url ?? '');
    if (location === null) backend(folder, request, response);
    else response.writeHead(302, { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    credentials,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function backend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: request.headers['git-protocol'] ?? '',
    } as NodeJS.ProcessEnv,
  });
  request.pipe(child.stdin).on('error', () => undefined);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdout.on('end', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    for (const line of all.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') response.statusCode = Number(value.slice(0, 3));
      else if (name !== '') response.setHeader(name, value);
    }
    response.end(all.subarray(end + 4));
  });
}

/** A repository of tests. */
export class TestRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  static async make(folder: string): Promise<TestRepository> {
    await execa('git', ['init', '-q', '-b', 'main', folder]);
    return new TestRepository(folder);
  }

  async git(...words: string[]): Promise<string> {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always'];
    return (await execa('git', ['-C', this.folder, ...who, ...words])).stdout;
  }

  /** Commits everything. @returns the commit */
  async commit(message = 'change'): Promise<string> {
    await this.git('add', '--all');
    await this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** What is served: a bare clone with all branches and tags. */
  async publish(to: string): Promise<void> {
    await execa('git', ['clone', '-q', '--mirror', this.folder, to]);
    await execa('git', ['-C', to, 'config', 'uploadpack.allowFilter', 'true']);
    await execa('git', ['-C', to, 'config', 'uploadpack.allowAnySHA1InWant', 'true']);
  }
}
