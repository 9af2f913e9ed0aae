import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import type { Authority, Certificate } from './certificates.ts';

/** An object of the API, as far as anybody looks. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** The API server, by a client's certificate. */
export class Api implements AsyncDisposable {
  readonly #agent: Agent;
  readonly #server: string;

  private constructor(server: string, agent: Agent) {
    this.#server = server;
    this.#agent = agent;
  }

  static async open(server: string, authority: Authority, client: Certificate): Promise<Api> {
    const [ca, cert, key] = await Promise.all(
      [authority.ca.certificate, client.certificate, client.key].map((file) => readFile(file, 'utf8')),
    );
    return new Api(server, new Agent({ connect: { ca, cert, key } }));
  }

  async ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    const { statusCode, body: answer } = await request(`${this.#server}${path}`, {
      dispatcher: this.#agent,
      method,
      headers: { 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: statusCode, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** What a path holds. @throws Error for anything but success */
  async get<T = KubeObject>(path: string): Promise<T> {
    return succeeded(await this.ask('GET', path), path) as T;
  }

  async list(path: string): Promise<KubeObject[]> {
    return (await this.get<{ items: KubeObject[] }>(path)).items;
  }

  async create(path: string, object: object): Promise<KubeObject> {
    return succeeded(await this.ask('POST', path, object), path) as KubeObject;
  }

  /** Server-side apply. */
  async apply(path: string, object: object): Promise<KubeObject> {
    const target = `${path}?fieldManager=twinproof-test&force=true`;
    return succeeded(await this.ask('PATCH', target, object), path) as KubeObject;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

function succeeded({ status, body }: Answer, path: string): unknown {
  if (status >= 200 && status < 300) return body;
  const { message } = typeof body === 'object' && body !== null ? (body as { message?: string }) : {};
  throw new Error(`${path}: HTTP ${status}: ${message ?? String(body)}`);
}
