import { askFollowing, discard, readBody, type Answer } from '../../net/ask.ts';
import type { Connections } from '../../net/connections.ts';
import { isLoopback } from '../../net/redirect.ts';
import { TransferFault } from '../../net/transfer-fault.ts';
import { parseJson } from '../json.ts';
import { parseChallenges } from './challenge.ts';
import { findCredentials } from './credentials.ts';
import { failureOf } from './failure.ts';
import type { RegistryName } from './name.ts';
import { basicHeader, tokenOf, tokenRequest } from './token.ts';
import type { Credentials } from './types.ts';

const MAX_TOKEN_ANSWER = 1024 * 1024;

interface Options {
  connections: Connections;
  name: RegistryName;
  authFile: string | undefined;
  /** Credentials may go over plain HTTP. */
  mayBePlain: boolean;
  /** What is asked of the repository, as the token's scope has it. */
  actions: 'pull' | 'pull,push';
}

/** Answers a registry's challenges; keeps what came out of it until the next one. */
export class Authorizer {
  readonly #options: Options;
  #credentials: Promise<Credentials | null> | null = null;
  #header: string | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /** What goes with every request. */
  get headers(): Record<string, string> {
    return this.#header === null ? {} : { authorization: this.#header };
  }

  /**
   * Takes up what a 401 of the registry offers: a token (also to anonymous), or user and password.
   * @throws TransferFault refused when there is no way in
   */
  async answer({ response, url }: Answer): Promise<void> {
    const challenges = parseChallenges(response.headers['www-authenticate']);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    discard(response);
    this.#credentials ??= findCredentials(this.#options.name, this.#options.authFile);
    const credentials = await this.#credentials;
    if (bearer !== undefined) {
      this.#header = `Bearer ${await this.#token(bearer, credentials, url)}`;
      return;
    }
    const status = { status: 401 };
    if (!basic) throw new TransferFault('refused', 'asks for a login of an unknown kind', status);
    if (credentials === null) throw new TransferFault('refused', 'asks for user and password', status);
    const header = basicHeader(credentials);
    if (header === this.#header) throw new TransferFault('refused', 'refuses user and password', status);
    this.#header = header;
  }

  async #token(
    challenge: Parameters<typeof tokenRequest>[0],
    credentials: Credentials | null,
    home: URL,
  ): Promise<string> {
    const { connections, name, mayBePlain, actions } = this.#options;
    const question = tokenRequest(challenge, `repository:${name.repository}:${actions}`, credentials);
    if (question.url.protocol === 'http:' && !mayBePlain && !isLoopback(question.url)) {
      throw new TransferFault('refused', 'its token server is only there by plain HTTP');
    }
    const { response } = await askFollowing(connections, question, { home, mayBePlain });
    if (response.statusCode !== 200) {
      const fault = await failureOf(response);
      const { kind, status, wait } = fault;
      throw new TransferFault(kind, `its token server: ${fault.message}`, { status, wait });
    }
    const bytes = await readBody(response, MAX_TOKEN_ANSWER);
    return tokenOf(parseJson(bytes, question.url.href));
  }
}
