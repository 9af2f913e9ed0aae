import {
  askFollowing,
  discard,
  isContent,
  readBody,
  type Answer,
  type Question,
  type Response,
} from '../../net/ask.ts';
import { Connections } from '../../net/connections.ts';
import { TransferFault } from '../../net/transfer-fault.ts';
import { Authorizer } from './authorizer.ts';
import { certificatesFor } from './certificates.ts';
import { failureOf, unavailable } from './failure.ts';
import { apiHost, type RegistryName } from './name.ts';
import { type Patience, PATIENCE } from '../../net/patience.ts';
import { isLoopback, redirectTarget } from '../../net/redirect.ts';
import { retrying } from '../../net/retry.ts';
import type { RegistryOptions } from './types.ts';

/** Small answers must be there after so many stalls. */
const STALLS_FOR_SMALL = 4;
/** What a server that does not speak TLS makes of a client that does. */
const NOT_TLS = /^(ERR_SSL_|EPROTO$|ECONNRESET$|UND_ERR_SOCKET$)/;

/** A request that stores something. */
interface Sent {
  method: 'HEAD' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  /** Called for each try: a stream can be read once. */
  body?: () => NonNullable<Question['body']>;
  expected: readonly number[];
}

/** Talks to the registry of one image: finds its scheme, logs in when asked to, follows redirects, tries again. */
export class RegistrySession {
  readonly name: RegistryName;
  readonly patience: Patience;
  readonly #connections: Connections;
  readonly #authorizer: Authorizer;
  readonly #mayBePlain: boolean;
  readonly #reference: string;
  #base: Promise<URL> | null = null;

  constructor(reference: string, name: RegistryName, options: RegistryOptions = {}) {
    this.name = name;
    this.#reference = reference;
    this.patience = options.patience ?? PATIENCE;
    this.#mayBePlain = options.tlsVerify === false;
    this.#connections = new Connections({
      patience: this.patience,
      verify: options.tlsVerify !== false,
      certificatesFor,
    });
    const { authFile } = options;
    this.#authorizer = new Authorizer({
      connections: this.#connections,
      name,
      authFile,
      mayBePlain: this.#mayBePlain,
      actions: options.push === true ? 'pull,push' : 'pull',
    });
  }

  /** Path of the API for this image's repository. */
  path(kind: 'manifests' | 'blobs' | 'referrers' | 'blobs/uploads', version: string): string {
    return `/v2/${this.name.repository}/${kind}/${version}`;
  }

  /**
   * A response of status 200, 206 or 416, its body not yet read.
   * @throws TransferFault
   */
  async get(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    this.#base ??= retrying(this.patience, () => this.#findBase());
    const base = await this.#base;
    const ask = (): Promise<Answer> => this.#ask(new URL(path, base), headers, signal);
    let answer = await ask();
    // Only the registry itself may ask who we are, not where it sends us.
    if (answer.response.statusCode === 401 && answer.url.origin === base.origin) {
      await this.#authorizer.answer(answer);
      answer = await ask();
    }
    if (isContent(answer.response)) return answer.response;
    throw await failureOf(answer.response);
  }

  /**
   * One request that stores something or asks whether it is there; its answer has no body to read. Not tried again.
   * @param target path of the API, or where an earlier answer said that the rest goes
   * @throws TransferFault for any status but those expected
   */
  async send(target: string | URL, { method, headers, body, expected }: Sent): Promise<Answer> {
    this.#base ??= retrying(this.patience, () => this.#findBase());
    const base = await this.#base;
    const url = redirectTarget(base, String(target), this.#mayBePlain);
    const ask = (): Promise<Answer> => {
      // Storage elsewhere is not given our credentials.
      const own = url.origin === base.origin ? this.#authorizer.headers : {};
      const question = { url, method, headers: { ...headers, ...own }, body: body?.() ?? null };
      return askFollowing(this.#connections, question, { home: base, mayBePlain: this.#mayBePlain });
    };
    let answer = await ask();
    if (answer.response.statusCode === 401 && url.origin === base.origin) {
      await this.#authorizer.answer(answer);
      answer = await ask();
    }
    if (!expected.includes(answer.response.statusCode)) throw await failureOf(answer.response);
    discard(answer.response);
    return answer;
  }

  /**
   * A small answer, complete; tried again where that may help.
   * @throws TwinproofError input-unavailable; for a status in `but` it returns null
   */
  async small(
    path: string,
    { accept, limit, but = [] }: { accept: string; limit: number; but?: readonly number[] },
  ): Promise<{ headers: Response['headers']; bytes: Buffer } | null> {
    try {
      return await retrying(this.patience, async () => {
        const signal = AbortSignal.timeout(this.patience.stall * STALLS_FOR_SMALL);
        const response = await this.get(path, { accept }, signal);
        return { headers: response.headers, bytes: await readBody(response, limit) };
      });
    } catch (error) {
      if (error instanceof TransferFault && error.status !== null && but.includes(error.status)) return null;
      throw this.failure(error, path);
    }
  }

  /** What a fault of a transfer means for the image; other errors stay as they are. */
  failure(error: unknown, path: string): unknown {
    if (!(error instanceof TransferFault)) return error;
    return unavailable(error, this.name.registry, `${this.#reference}: ${path}`);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  #ask(url: URL, headers: Record<string, string>, signal?: AbortSignal): Promise<Answer> {
    const all = { ...headers, ...this.#authorizer.headers };
    const question = { url, headers: all, signal };
    return askFollowing(this.#connections, question, { mayBePlain: this.#mayBePlain });
  }

  /** HTTPS; plain HTTP only where the user said so or nobody can listen in, and the server does not speak TLS. */
  async #findBase(): Promise<URL> {
    const secure = new URL(`https://${apiHost(this.name.registry)}`);
    try {
      return await this.#ping(secure);
    } catch (error) {
      const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
      const notTls = typeof code === 'string' && NOT_TLS.test(code);
      if (!notTls || (!this.#mayBePlain && !isLoopback(secure))) throw error;
      return this.#ping(new URL(`http://${apiHost(this.name.registry)}`));
    }
  }

  /** Distribution spec "Determining Support"; the answer may ask for a login. */
  async #ping(base: URL): Promise<URL> {
    const signal = AbortSignal.timeout(this.patience.stall * STALLS_FOR_SMALL);
    const { response, url } = await this.#ask(new URL('/v2/', base), {}, signal);
    if (response.statusCode === 401 && url.origin === base.origin) {
      await this.#authorizer.answer({ response, url });
      return base;
    }
    if (response.statusCode === 200) {
      discard(response);
      return base;
    }
    const fault = await failureOf(response);
    if (fault.kind === 'broken') throw fault;
    const { status } = fault;
    throw new TransferFault('refused', `HTTP ${String(status)} for /v2/; is it a registry?`, { status });
  }
}
