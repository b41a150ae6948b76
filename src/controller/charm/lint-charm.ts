import { access, constants, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Finding } from '../author-api.ts';
import { messageOf, UserError } from '../errors.ts';
import { isCharmDirectory, readCharmDirectory } from './read-charm.ts';
import { readYamlMap } from './read-yaml.ts';
import type { CharmSpec } from './spec.ts';

/** What is wrong with the charm in a directory, errors first. Nothing of it is run. */
export async function lintCharm(directory: string): Promise<Finding[]> {
  if (!(await isCharmDirectory(directory)))
    return [{ level: 'error', text: `${directory} is no charm: there is no metadata.yaml in it` }];
  const findings = await lintFiles(directory);
  try {
    const spec = await readCharmDirectory(directory);
    findings.push(...lintNames(spec), ...(await lintHooks(directory, spec)), ...(await lintRoles(directory)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    findings.push({ level: 'error', text: messageOf(error) });
  }
  return findings.sort((a, b) => (a.level === b.level ? 0 : a.level === 'error' ? -1 : 1));
}

async function lintFiles(directory: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const dispatch = await stat(join(directory, 'dispatch')).catch(() => undefined);
  const hooks = await readdir(join(directory, 'hooks')).catch(() => []);
  if (dispatch && !(await isRunnable(join(directory, 'dispatch'))))
    findings.push({ level: 'error', text: 'dispatch: it cannot be executed (chmod +x dispatch)' });
  if (!dispatch && hooks.length === 0)
    findings.push({ level: 'error', text: 'dispatch: there is none, so no event would run anything' });
  if (!(await stat(join(directory, 'manifest.yaml')).catch(() => undefined)))
    findings.push({ level: 'warning', text: 'manifest.yaml: there is none, and Juju takes the base from it' });
  for (const link of await linksOut(directory, directory))
    findings.push({ level: 'error', text: `${link}: is a symbolic link that leaves the charm, which Juju refuses` });
  return findings;
}

async function linksOut(root: string, directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return entry.name === '.git' ? [] : linksOut(root, path);
      if (!entry.isSymbolicLink()) return [];
      const target = resolve(await realpath(dirname(path)), await readlink(path));
      return relative(await realpath(root), target).startsWith('..') ? [relative(root, path)] : [];
    }),
  );
  return found.flat();
}

/** Rules of Juju's that are about names and what refers to them. */
function lintNames(spec: CharmSpec): Finding[] {
  const findings: Finding[] = [];
  const error = (text: string): void => void findings.push({ level: 'error', text });
  for (const [name, endpoint] of Object.entries(spec.endpoints)) {
    if (endpoint.interface === '') error(`metadata.yaml: endpoint "${name}" has no interface`);
    if (/^juju(-|$)/.test(name)) error(`charm "${spec.name}" using a reserved relation name: "${name}"`);
    if (/^juju(-|$)/.test(endpoint.interface) && endpoint.role !== 'requires')
      error(`charm "${spec.name}" relation "${name}" using a reserved interface: "${endpoint.interface}"`);
    if (endpoint.scope === 'container')
      error(`metadata.yaml: endpoint "${name}" has scope "container", which a charm on Kubernetes cannot have`);
  }
  for (const [name, container] of Object.entries(spec.containers)) {
    for (const { storage } of container.mounts)
      if (!Object.hasOwn(spec.storage, storage))
        error(`metadata.yaml: container "${name}" mounts storage "${storage}", which is not there`);
  }
  for (const name of Object.keys(spec.actions)) {
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) error(`bad action name ${name}`);
    if (/^juju(-|$)/.test(name)) error(`cannot use action name ${name}: "juju-" is a reserved name`);
  }
  const used = new Set(Object.values(spec.containers).map(({ resource }) => resource));
  for (const [name, { type }] of Object.entries(spec.resources))
    if (type === 'oci-image' && !used.has(name))
      findings.push({ level: 'warning', text: `metadata.yaml: no container runs the image of resource "${name}"` });
  return findings;
}

/** Files of `hooks/` that nothing would ever run. */
async function lintHooks(directory: string, spec: CharmSpec): Promise<Finding[]> {
  const names = await readdir(join(directory, 'hooks')).catch(() => []);
  const findings = await Promise.all(
    names.map(async (name): Promise<Finding[]> => {
      if (!isHook(name, spec)) return [{ level: 'warning', text: `hooks/${name}: there is no such event` }];
      if (await isRunnable(join(directory, 'hooks', name))) return [];
      return [{ level: 'error', text: `hooks/${name}: it cannot be executed (chmod +x hooks/${name})` }];
    }),
  );
  return findings.flat();
}

function isHook(name: string, spec: CharmSpec): boolean {
  const match = /^(.+)-(relation|pebble|storage)-(.+)$/.exec(name);
  const what: Readonly<Record<string, readonly [object, RegExp]>> = {
    relation: [spec.endpoints, /^(created|joined|changed|departed|broken)$/],
    pebble: [spec.containers, /^(ready|custom-notice|check-failed|check-recovered)$/],
    storage: [spec.storage, /^(attached|detaching)$/],
  };
  const [owners, kinds] = what[match?.[2] ?? ''] ?? [{}, /^$/];
  if (match && Object.hasOwn(owners, match[1]!) && kinds.test(match[3]!)) return true;
  return /^(install|start|stop|remove|config-changed|update-status|upgrade-charm|leader-elected|leader-settings-changed|secret-(changed|remove|rotate|expired))$/.test(
    name,
  );
}

/** A name may stand once among provides, requires and peers together. */
async function lintRoles(directory: string): Promise<Finding[]> {
  const { readFile } = await import('node:fs/promises');
  const metadata = readYamlMap(await readFile(join(directory, 'metadata.yaml'), 'utf8'), 'cannot use metadata.yaml');
  const names = ['provides', 'requires', 'peers'].flatMap((role) => Object.keys((metadata[role] ?? {}) as object));
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => ({
    level: 'error',
    text: `metadata.yaml: endpoint "${name}" stands more than once among provides, requires and peers`,
  }));
}

async function isRunnable(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return (
    isFile &&
    (await access(path, constants.X_OK).then(
      () => true,
      () => false,
    ))
  );
}
