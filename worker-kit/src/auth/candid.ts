import library, { type Caveat } from 'macaroon';
import nacl from 'tweetnacl';
import { KitError } from '../kit-error.ts';
import type { CandidSettings } from '../settings/auth.ts';
import { type BakeryKey, openCaveat } from './bakery-caveat.ts';
import { type BakeryMacaroon, dischargeAll, expiryOf, parseBakeryMacaroon } from './bakery-macaroon.ts';
import { type HttpResponse, parseJson, send } from './http.ts';
import type { Token } from './token.ts';

/** Tells a discharger that we speak the bakery's format 3, and to answer errors with status 401. */
const protocol = { 'bakery-protocol-version': '3' };

/**
 * Macaroons that a Temporal server behind Candid accepts, as the Python library makes them: the server's own is fetched
 * and discharged with the agent's key. The steps are those of `httpbakery` with its agent login
 * (github.com/go-macaroon-bakery/macaroon-bakery, `httpbakery/agent/protocol.go`).
 */
export async function candidToken(candid: CandidSettings): Promise<Token> {
  const { publicKey, secretKey } = nacl.box.keyPair.fromSecretKey(Buffer.from(candid.privateKey, 'base64'));
  const agent: Agent = { username: candid.username, key: { publicKey, privateKey: secretKey } };
  const root = await fetchRoot(candid.url);
  const macaroons = await dischargeAll(root, (caveat, payload) => discharge(caveat, payload, agent));
  const json = JSON.stringify(macaroons.map((macaroon) => macaroon.exportJSON()));
  const expiresAt = expiryOf(macaroons);
  return {
    authorization: `Macaroon ${Buffer.from(json).toString('base64')}`,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

interface Agent {
  readonly username: string;
  readonly key: BakeryKey;
}

async function fetchRoot(url: string): Promise<BakeryMacaroon> {
  const { status, body } = await send({ url });
  if (status !== 200) throw new KitError(`cannot get a macaroon from "${url}": HTTP status ${status}`);
  const root = parseBakeryMacaroon(parseJson(Buffer.from(body, 'base64').toString(), url));
  if (!root.macaroon.caveats.some((caveat) => caveat.vid)) {
    throw new KitError(`cannot use the macaroon of "${url}": it names nobody who could discharge it`);
  }
  return root;
}

/** Asks the third party, logs in as the agent when it wants to know who we are, and asks again. */
async function discharge(caveat: Caveat, payload: Uint8Array | undefined, agent: Agent): Promise<BakeryMacaroon> {
  const location = caveat.location ?? '';
  if (location === 'local') return dischargeLocally(caveat, payload, agent.key);
  const request = { ...binaryField('id', caveat.identifier), ...(payload && { caveat64: base64url(payload) }) };
  const first = await askDischarge(location, request);
  if (first.status === 200) return dischargeIn(first, location);
  const token = await agentLogin(location, loginUrl(first, location), agent);
  const second = await askDischarge(location, { ...request, ...binaryField('token', token), 'token-kind': 'agent' });
  if (second.status !== 200) throw new KitError(`cannot get a discharge from "${location}": ${refusal(second)}`);
  return dischargeIn(second, location);
}

function askDischarge(location: string, form: Record<string, string>): Promise<HttpResponse> {
  return send({ url: under(location, 'discharge'), method: 'POST', headers: protocol, form });
}

function dischargeIn({ body }: HttpResponse, location: string): BakeryMacaroon {
  return parseBakeryMacaroon(field(parseJson(body, location), 'Macaroon'));
}

/** Where the agent logs in, from an answer that wants an interaction. Throws what the answer says otherwise. */
function loginUrl(response: HttpResponse, location: string): string {
  const answer = problemIn(response);
  if (field(answer, 'Code') !== 'interaction required') {
    throw new KitError(`cannot get a discharge from "${location}": ${refusal(response)}`);
  }
  const methods = field(field(answer, 'Info'), 'InteractionMethods') as Record<string, unknown> | undefined;
  const url = field(methods?.agent, 'login-url');
  if (typeof url !== 'string' || url === '') {
    const offered = Object.keys(methods ?? {}).join(', ') || 'none';
    throw new KitError(`cannot log in at "${location}": it offers no login for agents (it offers: ${offered})`);
  }
  return under(location, url);
}

/** Proves that we have the agent's key, by discharging a macaroon that was locked with it. */
async function agentLogin(location: string, login: string, agent: Agent): Promise<Uint8Array> {
  const url = new URL(login);
  url.searchParams.set('username', agent.username);
  url.searchParams.set('public-key', Buffer.from(agent.key.publicKey).toString('base64'));
  const response = await send({ url: url.href, headers: protocol });
  if (response.status !== 200) {
    throw new KitError(`cannot log in at "${location}" as agent "${agent.username}": ${refusal(response)}`);
  }
  const locked = parseBakeryMacaroon(field(parseJson(response.body, location), 'macaroon'));
  const macaroons = await dischargeAll(locked, async (caveat, payload) => {
    if (caveat.location !== 'local')
      throw new KitError(`cannot log in at "${location}": its macaroon asks for another party`);
    return dischargeLocally(caveat, payload, agent.key);
  });
  return Buffer.concat(macaroons.map((macaroon) => macaroon.exportBinary()));
}

/** A caveat that is for ourselves, and says only that whoever opens it has the key. */
function dischargeLocally(caveat: Caveat, payload: Uint8Array | undefined, key: BakeryKey): BakeryMacaroon {
  const { rootKey, condition } = openCaveat(payload ?? caveat.identifier, key);
  if (condition !== 'true') throw new KitError(`cannot discharge a caveat by ourselves: its condition is not "true"`);
  return { macaroon: library.newMacaroon({ identifier: caveat.identifier, rootKey }), caveatData: new Map() };
}

/** Its own words, if it has any, and the HTTP status. */
function refusal(response: HttpResponse): string {
  const message = field(problemIn(response), 'Message');
  return typeof message === 'string' && message !== '' ? message : `HTTP status ${response.status}`;
}

function problemIn({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Some servers write the names of fields in lower case. */
function field(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  const object = json as Record<string, unknown>;
  return object[name] ?? object[name.toLowerCase()];
}

function under(location: string, path: string): string {
  return new URL(path, location.endsWith('/') ? location : `${location}/`).href;
}

/** Bytes that are text go as they are, others in base64 under a name that ends in 64. */
function binaryField(name: string, value: Uint8Array): Record<string, string> {
  try {
    return { [name]: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value) };
  } catch {
    return { [`${name}64`]: Buffer.from(value).toString('base64') };
  }
}

function base64url(data: Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}
