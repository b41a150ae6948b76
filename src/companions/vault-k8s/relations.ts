import { readFile } from 'node:fs/promises';
import {
  type Databag,
  type HookCommandRunner,
  isLeader,
  relationGet,
  relationIds,
  relationList,
  relationRemoteApp,
  relationSet,
} from '../../hookcmds/index.ts';
import { publishSecret, readOwnedSecret, withdrawSecret } from '../owned-secret.ts';
import { parseRequest, roleOf, type StoreRequest } from './requests.ts';
import { endRole, ensureRole, ensureStore, madeRoles, type OpenVault, rememberRoles } from './roles.ts';
import { authorityFile, VaultRefusal } from './vault-api.ts';

export const endpoint = 'vault-kv';

export interface ServingFacts {
  /** `vault-k8s`. */
  readonly application: string;
  readonly vault: OpenVault;
  /** `vault-kv:3`: the relation that this event says is broken; nothing is written there any more. */
  readonly broken: string | undefined;
}

/** The label by which we find a unit's credentials again. */
const labelOf = (role: string): string => `vault-kv-${role}`;

/**
 * Gives every related application its store and every unit its credentials, and ends those of units that are gone. Only
 * the leader does. Answers what could not be done; on unchanged facts nothing is written.
 */
export async function serveRelations(tools: HookCommandRunner, facts: ServingFacts): Promise<readonly string[]> {
  if (!(await isLeader(tools))) return [];
  const living = (await relationIds(tools, endpoint)).filter((id) => id !== facts.broken);
  const asked = (await Promise.all(living.map((relationId) => requestsOf(tools, relationId)))).flat();
  const requests = asked.flatMap((one) => ('problem' in one ? [] : [one]));
  await endStrangers(tools, facts.vault, requests);
  const problems = asked.flatMap((one) => ('problem' in one ? [one.problem] : []));
  for (const relationId of living) {
    const units = requests.filter((request) => request.relationId === relationId);
    problems.push(...(await serve(tools, { relationId, units, facts })));
  }
  return problems;
}

async function requestsOf(tools: HookCommandRunner, relationId: string) {
  const application = await relationRemoteApp(tools, relationId);
  if (application === null) return [];
  const [applicationBag, units] = await Promise.all([
    relationGet(tools, { relationId, entity: application, application: true }),
    relationList(tools, relationId),
  ]);
  const bags = units.map(async (unit) => {
    const unitBag = await relationGet(tools, { relationId, entity: unit });
    return parseRequest({ relationId, application, unit, applicationBag, unitBag });
  });
  return (await Promise.all(bags)).filter((one) => one !== undefined);
}

async function endStrangers(tools: HookCommandRunner, vault: OpenVault, requests: readonly StoreRequest[]) {
  const { dataDir } = vault.server;
  const wanted = new Set(requests.map(roleOf));
  const made = await madeRoles(dataDir);
  for (const role of made.filter((each) => !wanted.has(each))) {
    await endRole(vault, role);
    await withdrawSecret(tools, labelOf(role));
  }
  const now = [...wanted].sort();
  if (now.join() !== [...made].join()) await rememberRoles(dataDir, now);
}

async function serve(
  tools: HookCommandRunner,
  of: { readonly relationId: string; readonly units: readonly StoreRequest[]; readonly facts: ServingFacts },
): Promise<readonly string[]> {
  const { relationId, units, facts } = of;
  const { server } = facts.vault;
  const now = await relationGet(tools, { relationId, entity: facts.application, application: true });
  const before = credentialsIn(now);
  const credentials: Record<string, string> = {};
  const problems: string[] = [];
  for (const request of units) {
    const role = roleOf(request);
    const label = labelOf(role);
    try {
      await ensureStore(facts.vault, request.mount);
      const content = await ensureRole(facts.vault, request, await readOwnedSecret(tools, label));
      const published = { label, content, relationId, uri: before[request.nonce], scratchDir: server.dataDir };
      credentials[request.nonce] = await publishSecret(tools, published);
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      problems.push(`cannot let ${request.unit} into Vault: ${error.message}`);
    }
  }
  const mount = units[0]?.mount;
  if (mount === undefined && Object.keys(now).length === 0) return problems;
  const wanted: Databag = {
    vault_url: `https://127.0.0.1:${server.port}`,
    mount: mount ?? now.mount ?? '',
    ca_certificate: await readFile(authorityFile(server.dataDir), 'utf8'),
    credentials: JSON.stringify(Object.fromEntries(Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1)))),
  };
  const changes = Object.entries(wanted).filter(([key, value]) => (now[key] ?? '') !== value);
  if (changes.length > 0) {
    await relationSet(tools, { relationId, application: true, data: Object.fromEntries(changes) });
  }
  return problems;
}

/** Nonce -> URI of the secret, as the databag has them. */
function credentialsIn(bag: Databag): Readonly<Record<string, string>> {
  try {
    const read: unknown = JSON.parse(bag.credentials ?? '{}');
    return typeof read === 'object' && read !== null ? (read as Record<string, string>) : {};
  } catch {
    return {};
  }
}
