import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import library, { type Macaroon } from 'macaroon';
import nacl from 'tweetnacl';

export interface CandidEndpoint {
  /** Where the Temporal side gives its macaroon out: what `candid-url` is set to. */
  readonly url: string;
  /** How long discharges live. */
  lifetimeS: number;
  /** Whom it knows: base64 of the public key by name. */
  readonly agents: Record<string, string>;
  /** Agents that it logged in, one entry for each time. */
  readonly logins: string[];
  /** Why the header is not good now, checked as a server behind Candid does: signatures, discharges, times. */
  admit(authorization: string | undefined): string | undefined;
  close(): Promise<void>;
}

const third = nacl.box.keyPair();
const service = nacl.box.keyPair();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/**
 * A Temporal authorisation endpoint and a Candid discharger in one. Nothing in it comes from the kit: its caveats are
 * made and opened here, in the bakery's format 3, and macaroons are verified by the `macaroon` library.
 */
export async function startCandidEndpoint(): Promise<CandidEndpoint> {
  const rootKey = randomBytes(24);
  const loginKey = randomBytes(24);
  let location = '';
  const endpoint: CandidEndpoint = {
    url: '',
    lifetimeS: 3600,
    agents: {},
    logins: [],
    admit: (authorization) => problemOf(authorization, rootKey),
    close: () => new Promise((done) => server.close(() => done())),
  };

  /** The Temporal side: a macaroon that Candid has to discharge. */
  const giveRoot = (response: ServerResponse) => {
    const macaroon = library.newMacaroon({ identifier: randomBytes(8), rootKey, location: 'temporal' });
    // The third party's caveat has to be the first: the Python library takes Candid's address from there.
    const sealed = addThirdParty(macaroon, {
      publicKey: third.publicKey,
      location,
      condition: 'is-authenticated-user',
    });
    macaroon.addFirstPartyCaveat(timeBefore(3600));
    const json = JSON.stringify({ m: macaroon.exportJSON(), v: 3, ns: 'std:', cdata: sealed });
    response.end(Buffer.from(json).toString('base64'));
  };

  /** Candid: gives an agent a macaroon that only the holder of its private key can use. */
  const login = (query: URLSearchParams, answer: Answer) => {
    const [username = '', publicKey = ''] = [query.get('username') ?? '', query.get('public-key') ?? ''];
    if (!username || endpoint.agents[username] !== publicKey) {
      return answer(401, { Code: 'unauthorized', Message: `public key not known for user "${username}"` });
    }
    const macaroon = library.newMacaroon({ identifier: `agent ${username}`, rootKey: loginKey });
    macaroon.addFirstPartyCaveat(timeBefore(60));
    const sealed = addThirdParty(macaroon, {
      publicKey: Buffer.from(publicKey, 'base64'),
      location: 'local',
      condition: 'true',
    });
    answer(200, { macaroon: { m: macaroon.exportJSON(), v: 3, ns: 'std:', cdata: sealed } });
  };

  /** Candid: discharges for an agent that proved who it is, and tells others how to. */
  const discharge = (form: URLSearchParams, answer: Answer) => {
    if (form.get('token-kind') !== 'agent') {
      const methods = { agent: { 'login-url': '/login/agent' }, 'browser-window': { VisitURL: '/visit' } };
      return answer(401, {
        Code: 'interaction required',
        Message: 'login needed',
        Info: { InteractionMethods: methods },
      });
    }
    const [root, ...discharges] = splitBinary(bytesOf(form, 'token')).map((bytes) => library.importMacaroon(bytes));
    try {
      root?.verify(loginKey, timeProblem, discharges);
    } catch (error) {
      return answer(401, { Code: 'unauthorized', Message: `verification failed: ${(error as Error).message}` });
    }
    const username = Buffer.from(root?.identifier ?? [])
      .toString()
      .replace(/^agent /, '');
    endpoint.logins.push(username);
    const { rootKey: caveatKey, condition } = openSealed(Buffer.from(form.get('caveat64') ?? '', 'base64url'));
    if (condition !== 'is-authenticated-user') return answer(400, { Message: `caveat not recognised: ${condition}` });
    const macaroon = library.newMacaroon({ identifier: bytesOf(form, 'id'), rootKey: caveatKey });
    macaroon.addFirstPartyCaveat(`declared username ${username}`);
    macaroon.addFirstPartyCaveat(timeBefore(endpoint.lifetimeS));
    answer(200, { Macaroon: { m: macaroon.exportJSON(), v: 3, ns: 'std:' } });
  };

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const answer: Answer = (status, body) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/macaroon') return giveRoot(response);
    if (url.pathname === '/login/agent') return login(url.searchParams, answer);
    if (url.pathname === '/discharge') return discharge(new URLSearchParams(await text(request)), answer);
    answer(404, { Message: 'not found' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  location = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(endpoint, { url: `${location}/macaroon` });
}

type Answer = (status: number, body: object) => void;

function timeBefore(seconds: number): string {
  return `time-before ${new Date(Date.now() + seconds * 1000).toISOString()}`;
}

function timeProblem(condition: string): string | null {
  const time = /^time-before (\S+)$/.exec(condition)?.[1];
  if (time) return Date.now() < Date.parse(time) ? null : 'macaroon has expired';
  return condition.startsWith('declared ') ? null : `unknown condition ${condition}`;
}

function problemOf(authorization: string | undefined, rootKey: Uint8Array): string | undefined {
  const encoded = /^Macaroon (\S+)$/.exec(authorization ?? '')?.[1];
  if (!encoded) return 'no macaroon';
  try {
    const [root, ...discharges] = JSON.parse(Buffer.from(encoded, 'base64').toString()).map(library.importMacaroon);
    root.verify(rootKey, timeProblem, discharges);
    return undefined;
  } catch (error) {
    return `bad macaroon: ${(error as Error).message}`;
  }
}

/** Adds a caveat whose secret only the holder of the key can read; answers the bakery's `cdata`. */
function addThirdParty(macaroon: Macaroon, to: { publicKey: Uint8Array; location: string; condition: string }) {
  const [rootKey, nonce, id] = [randomBytes(24), randomBytes(24), Buffer.from([3, macaroon.caveats.length])];
  const secret = Buffer.concat([
    Buffer.from([3, rootKey.length]),
    rootKey,
    Buffer.from([4]),
    Buffer.from(`std:${to.condition}`),
  ]);
  const box = nacl.box(secret, nonce, to.publicKey, service.secretKey);
  macaroon.addThirdPartyCaveat(rootKey, id, to.location);
  return {
    [base64(id)]: base64(Buffer.concat([Buffer.from([3]), to.publicKey.slice(0, 4), service.publicKey, nonce, box])),
  };
}

/** What `addThirdParty` sealed for the discharger. */
function openSealed(sealed: Buffer): { rootKey: Uint8Array; condition: string } {
  const [from, nonce, box] = [sealed.subarray(5, 37), sealed.subarray(37, 61), sealed.subarray(61)];
  const secret = Buffer.from(nacl.box.open(box, nonce, from, third.secretKey) ?? []);
  return { rootKey: secret.subarray(2, 26), condition: secret.subarray(31).toString() };
}

function bytesOf(form: URLSearchParams, name: string): Uint8Array {
  const value = form.get(name);
  return new Uint8Array(value === null ? Buffer.from(form.get(`${name}64`) ?? '', 'base64') : Buffer.from(value));
}

/** Macaroons of the binary format 2 that follow each other: version, fields, an end mark per section, a signature. */
function splitBinary(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let start = 0, at = 0; start < bytes.length; start = at) {
    at = start + 1;
    for (let type = -1; type !== 6; ) {
      type = bytes[at++] ?? 6;
      if (type === 0) continue;
      let [length, shift] = [0, 0];
      for (let more = true; more; shift += 7) {
        const byte = bytes[at++] ?? 0;
        length |= (byte & 0x7f) << shift;
        more = byte > 0x7f;
      }
      at += length;
    }
    found.push(bytes.slice(start, at));
  }
  return found;
}

/** A new agent's keys, base64. */
export function newAgent(): { publicKey: string; privateKey: string } {
  const pair = nacl.box.keyPair();
  return { publicKey: base64(pair.publicKey), privateKey: base64(pair.secretKey) };
}
