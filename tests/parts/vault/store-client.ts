import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import nodeVault from 'node-vault';
import { portHolder } from '../../../src/companions/port-holder.ts';
import { writeCharm } from '../../integration/controller/controller.ts';
import { type System, until } from '../../integration/system/system.ts';

/** What a unit of the client charm was given, as its charm sees it. */
export interface Given {
  readonly bag: Readonly<Record<string, string>>;
  readonly credentials: { readonly 'role-id': string; readonly 'role-secret-id': string };
}

export const nonceOf = (unit: string): string => `nonce-of-${unit.replace('/', '-')}`;

/** A charm that asks for a way into Vault by nothing but hook commands, and keeps what it is given in a file. */
export function writeClientCharm(system: System): string {
  return writeCharm(join(system.root, 'client-charm'), {
    name: 'client',
    body: [
      `file=${system.root}/given-$(echo "$JUJU_UNIT_NAME" | tr / -)`,
      'nonce=nonce-of-$(echo "$JUJU_UNIT_NAME" | tr / -)',
      'id=$(relation-ids vault | tr -d "[]\\"")',
      'case $event in',
      'vault-relation-broken) rm -f "$file"; exit ;;',
      'esac',
      '[ -n "$id" ] || exit 0',
      'case $event in',
      'vault-relation-joined | config-changed)',
      '  [ "$(is-leader)" = True ] && relation-set -r "$id" --app mount_suffix="$(config-get suffix)"',
      '  relation-set -r "$id" egress_subnet="$(config-get egress)" nonce="$nonce" ;;',
      'vault-relation-changed | secret-changed)',
      '  bag=$(relation-get -r "$id" --app - vault-k8s --format=json)',
      '  uri=$(relation-get -r "$id" --app credentials vault-k8s | grep -o "$nonce\\": *\\"[^\\"]*" | cut -d\\" -f3)',
      '  [ -n "$uri" ] || { rm -f "$file"; exit; }',
      '  credentials=$(secret-get "$uri" --refresh --format=json) || exit 0',
      '  printf "{\\"bag\\":%s,\\"credentials\\":%s}" "$bag" "$credentials" > "$file.new" && mv "$file.new" "$file" ;;',
      'esac',
    ].join('\n'),
    files: {
      'metadata.yaml': 'name: client\nrequires: {vault: {interface: vault-kv, limit: 1}}\n',
      'config.yaml': [
        'options:',
        '  egress: {type: string, default: 127.0.0.0/8}',
        '  suffix: {type: string, default: mine}',
      ].join('\n'),
    },
  });
}

/** Waits until the unit has been given what `holds` asks for. */
export function given(
  system: System,
  unit: string,
  holds: (given: Given) => boolean | Promise<boolean> = () => true,
): Promise<Given> {
  return until(`${unit} is given a way into Vault`, 120_000, async () => {
    try {
      const text = readFileSync(join(system.root, `given-${unit.replace('/', '-')}`), 'utf8');
      const found = JSON.parse(text) as Given;
      return (await holds(found)) ? found : undefined;
    } catch {
      return undefined;
    }
  });
}

type Client = ReturnType<typeof nodeVault>;

export function clientOf(bag: Given['bag'], token = ''): Client {
  const { vault_url: endpoint = '', ca_certificate: ca = '' } = bag;
  const options = { endpoint, token, requestOptions: { ca, strictSSL: true }, debug: () => undefined };
  return nodeVault(options as Parameters<typeof nodeVault>[0]);
}

/** Logs in as the unit would. */
export async function loggedIn({ bag, credentials }: Given): Promise<Client> {
  const client = clientOf(bag);
  await client.approleLogin({ role_id: credentials['role-id'], secret_id: credentials['role-secret-id'] });
  return client;
}

/** Does Vault let the unit in? */
export const isLetIn = (it: Given): Promise<boolean> =>
  loggedIn(it).then(
    () => true,
    () => false,
  );

/** The process of the Vault at this port, once it listens. Never 0: a signal to that would end this test's own group. */
export const vaultPid = (port: number): Promise<number> =>
  until('Vault listens', 120_000, async () => (await portHolder(port))?.pid);
