import nodeVault from 'node-vault';
import { explain, loginRefusal, statusOf } from './vault-failure.ts';

/** Where a KV version 2 store is, and who asks. */
export interface VaultAccess {
  readonly url: string;
  readonly mount: string;
  /** In PEM; the server is believed by it alone. */
  readonly ca: string;
  readonly roleId: string;
  readonly roleSecretId: string;
}

/** Vault said no, or nothing. The message is for people and holds no secret's text. */
export class VaultFailure extends Error {
  override readonly name = 'VaultFailure';
  /** Of a login that Vault refused; null for whatever else went wrong. */
  readonly refusal: ReturnType<typeof loginRefusal>;

  constructor(message: string, refusal: VaultFailure['refusal'] = null) {
    super(message);
    this.refusal = refusal;
  }
}

/** How long Vault may take for one answer. */
const timeoutMs = 3000;

/** At a time: a handshake for each of many paths would take longer than the reads themselves. */
const connections = 4;

const login = 'log in to Vault';

type Client = ReturnType<typeof nodeVault>;
interface Version {
  readonly data: Readonly<Record<string, unknown>>;
  readonly number: number;
}

/** A login by AppRole, good for one dispatch. */
export class VaultSession {
  readonly #client: Client;
  readonly #mount: string;

  private constructor(client: Client, mount: string) {
    this.#client = client;
    this.#mount = mount;
  }

  /** Rejects with `VaultFailure`. */
  static async open(access: VaultAccess): Promise<VaultSession> {
    const options = {
      endpoint: access.url,
      requestOptions: { ca: access.ca, strictSSL: true, agentOptions: { keepAlive: true, maxSockets: connections } },
      rpDefaults: { timeout: timeoutMs },
      // The library would print what it sends to whoever sets DEBUG.
      debug: () => undefined,
    };
    const client = nodeVault(options as Parameters<typeof nodeVault>[0]);
    await told(login, async () => {
      const answer: unknown = await client.approleLogin({ role_id: access.roleId, secret_id: access.roleSecretId });
      const { client_token: token } = (answer as { auth?: { client_token?: unknown } })?.auth ?? {};
      // Without one, the library would go on with whatever token the environment holds.
      if (typeof token !== 'string') throw new Error('its answer is none of Vault');
    });
    return new VaultSession(client, access.mount);
  }

  /** The latest version of a path; null when there is none. Rejects with `VaultFailure`. */
  async read(path: string): Promise<Readonly<Record<string, unknown>> | null> {
    return (await this.#latest(path))?.data ?? null;
  }

  /** Sets one key and leaves the others of the path; refused when somebody else writes at the same time. */
  async write(path: string, { key, value }: { readonly key: string; readonly value: string }): Promise<void> {
    const before = await this.#latest(path);
    const body = { options: { cas: before?.number ?? 0 }, data: { ...before?.data, [key]: value } };
    await told(`write to Vault`, () => this.#client.write(this.#pathOf(path), body));
  }

  async #latest(path: string): Promise<Version | null> {
    return told('read from Vault', async () => {
      try {
        return versionOf(await this.#client.read(this.#pathOf(path)));
      } catch (error) {
        // A deleted version answers so too, and tells its number, behind which the next one goes.
        if (statusOf(error) === 404) return deletedVersion(error);
        throw error;
      }
    });
  }

  #pathOf(path: string): string {
    return `${this.#mount}/data/${path.split('/').map(encodeURIComponent).join('/')}`;
  }
}

async function told<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    // The library's error carries what was sent, so that it is not kept as the cause.
    throw new VaultFailure(`cannot ${what}: ${explain(error, timeoutMs)}`, what === login ? loginRefusal(error) : null);
  }
}

function versionOf(answer: unknown): Version {
  const { data, metadata } = (answer as { data?: { data?: unknown; metadata?: { version?: unknown } } })?.data ?? {};
  if (typeof data !== 'object' || data === null) throw new Error('its answer is not one of a KV version 2 store');
  return { data: data as Record<string, unknown>, number: Number(metadata?.version ?? 0) };
}

function deletedVersion(error: unknown): Version | null {
  const body = (error as { response?: { body?: { data?: { metadata?: { version?: unknown } } } } }).response?.body;
  const version = body?.data?.metadata?.version;
  return typeof version === 'number' ? { data: {}, number: version } : null;
}
