import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeVault from 'node-vault';
import { findBinary } from '../src/companions/binary.ts';
import { vaultBinary } from '../src/companions/vault-k8s/vault-binary.ts';
import { pathsFrom } from '../src/controller/paths.ts';
import { unitOf } from '../tests/integration/agent/vault-unit.ts';
import { freePort, until } from '../tests/integration/system/system.ts';
import { type Figure, milliseconds } from './figures.ts';

const rounds = 11;

/** An unchanged dispatch of the packed charm that reads so many paths of a real Vault, and one that reads none. */
export async function measureVault(): Promise<readonly Figure[]> {
  execFileSync(process.execPath, ['scripts/pack.ts', '--unpacked'], { stdio: 'inherit' });
  const { found } = await findBinary(vaultBinary, { cache: pathsFrom(process.env).cache, env: process.env });
  if (!found) return [{ what: 'Vault', figure: 'there is none at hand (npm run test:vault gets one)', aim: '' }];
  await using vault = await devVault(found.path, 50);
  const figures: Figure[] = [];
  for (const paths of [0, 1, 50]) {
    const took = await dispatches(vault, paths);
    figures.push({ what: `unchanged dispatch with ${paths} paths of Vault`, figure: milliseconds(took), aim: '' });
  }
  return figures;
}

interface Vault extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly role: { readonly 'role-id': string; readonly 'role-secret-id': string };
}

/** A Vault in memory, over TLS, with so many paths `p0` … in its store `secret`, and a role that may read them. */
async function devVault(program: string, paths: number): Promise<Vault> {
  const home = mkdtempSync(join(tmpdir(), 'bench-vault-'));
  const certificates = join(home, 'tls');
  mkdirSync(certificates);
  const address = `127.0.0.1:${await freePort()}`;
  const token = 'bench';
  const flags = ['-dev', '-dev-tls', `-dev-tls-cert-dir=${certificates}`, `-dev-listen-address=${address}`];
  const env = { PATH: process.env.PATH, HOME: home, VAULT_DEV_ROOT_TOKEN_ID: token };
  const server = spawn(program, ['server', ...flags], { env, stdio: 'ignore' });
  const url = `https://${address}`;
  const client = await until('Vault answers', 30_000, async () => {
    try {
      const ca = readFileSync(join(certificates, 'vault-ca.pem'), 'utf8');
      const options = { endpoint: url, token, requestOptions: { ca, strictSSL: true } };
      const asking = nodeVault(options as Parameters<typeof nodeVault>[0]);
      await asking.read('sys/mounts/secret');
      return { asking, ca };
    } catch {
      return undefined;
    }
  });
  const { asking, ca } = client;
  await asking.write('sys/auth/approle', { type: 'approle' });
  await asking.write('sys/policies/acl/reader', { policy: 'path "secret/*" { capabilities = ["read"] }' });
  await asking.write('auth/approle/role/reader', { token_policies: ['reader'] });
  for (let path = 0; path < paths; path++)
    await asking.write(`secret/data/p${path}`, { data: { key: `value ${path}` } });
  const { role_id } = (await asking.read('auth/approle/role/reader/role-id')).data;
  const { secret_id } = (await asking.write('auth/approle/role/reader/secret-id', {})).data;
  return {
    url,
    ca,
    role: { 'role-id': role_id, 'role-secret-id': secret_id },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
      rmSync(home, { recursive: true });
    },
  };
}

async function dispatches({ url, ca, role }: Vault, paths: number): Promise<number[]> {
  const entries = Array.from({ length: paths }, (_, path) => `- {path: p${path}, name: V${path}, key: key}`);
  const environment = entries.length > 0 ? ['vault:', ...entries].join('\n') : '';
  await using unit = await unitOf({ url, ca, mount: 'secret' }, { config: { environment }, credentials: role });
  await unit.untilStatus(/^active/);
  const took: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now();
    await unit.run({ hook: 'update-status' });
    // The first one warms up.
    if (round > 0) took.push(performance.now() - begin);
  }
  return took;
}
