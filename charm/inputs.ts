import { applicationOf } from './application.ts';
import { configProblems, readSettings, type Settings } from './config.ts';
import { byHand, contentProblems } from './environment/by-hand.ts';
import { type EnvironmentEntries, noEntries, readEntries } from './environment/entries.ts';
import { shellWarnings } from './environment/shell-names.ts';
import { type Variable, valuesOf } from './environment/variable.ts';
import { renderHost } from './host.ts';
import type { Problem } from './problem.ts';
import { type DatabasePlace, databasePlace, databaseVariables, isDatabasePlace } from './relations/database.ts';
import { type HostInfo, hostInfo } from './relations/temporal-host-info.ts';
import { fromVault, isVaultPlace, type VaultPlace, vaultPaths, vaultPlace } from './relations/vault.ts';
import type { Secret, Text } from './secret.ts';
import { contradiction, noTls, readApiKey, readTls, type WorkloadFile } from './tls.ts';
import type { Config, Facts } from './types.ts';
import { isProblem, lookUp } from './user-secrets/answers.ts';
import { readAuthSecret } from './user-secrets/auth-secret.ts';
import { bareSecretId } from './user-secrets/secret-id.ts';

type Content = Readonly<Record<string, Secret>>;
type Given = Pick<Facts, 'config' | 'environment' | 'secrets' | 'certificates' | 'relations' | 'vault' | 'unit'>;

/** What options and secrets say, read and checked. */
export interface Inputs {
  /** Every problem; the rest counts only when there is none. */
  readonly problems: readonly Problem[];
  /** What works but may be meant otherwise; keeps the worker from nothing. */
  readonly warnings: readonly string[];
  readonly settings: Settings;
  /** The options as they count: with the host that a relation tells. */
  readonly config: Config;
  /** What the user wrote by hand, secrets included. */
  readonly byHand: readonly Variable[];
  readonly auth: Readonly<Record<string, Text>>;
  /** How the worker gets to the server, by the names of the SDKs. */
  readonly connection: readonly Variable[];
  /** What the host comes from, in words. */
  readonly hostSource: string;
  readonly files: readonly WorkloadFile[];
  /** The content of the TLS secret as far as it is known; null: there is none. */
  readonly tls: Content | null;
  readonly apiKey: Secret | null;
  /** The relation says that the server speaks TLS. */
  readonly speaksTls: boolean;
  /** The way to Vault; null when nothing is wanted of it or there is no way. */
  readonly vault: VaultPlace | null;
  readonly vaultPaths: readonly string[];
  /** The way to the related database; null when there is none. */
  readonly database: DatabasePlace | null;
  /** What the worker is told of it. */
  readonly databaseVariables: readonly Variable[];
  /** Bare ids of the user secrets that all this needs. */
  readonly secretIds: readonly string[];
}

/** Reads options, `environment` and secrets. What the facts do not have yet counts as empty. */
export function readInputs(facts: Given): Inputs {
  const { secrets } = facts;
  const host = hostInfo(facts.relations);
  const config = host.kind === 'told' ? { ...facts.config, host: renderHost(host.address) } : facts.config;
  const settings = readSettings(config);
  const application = applicationOf(facts.unit);
  const { entries, problems: malformed } = readEnvironment(facts);
  const written = byHand(entries, { application, secrets });
  const auth = fromSecret(facts, { id: settings.authSecretId, read: readAuthSecret });
  const tls = fromSecret(facts, { id: settings.tlsSecretId, read: (content) => readTls(content, facts.certificates) });
  const api = fromSecret(facts, { id: settings.apiKeySecretId, read: readApiKey });
  const { files, variables } = tls.found ?? noTls;
  const apiKey = api.found?.key ?? null;
  const speaksTls = host.kind === 'told' && host.tls;
  const key: Readonly<Record<string, Text>> = apiKey === null ? {} : { TEMPORAL_API_KEY: apiKey };
  const proofs = [...from(variables, 'tls-secret-id'), ...from(key, 'api-key-secret-id')];
  const hostSource = host.kind === 'told' ? 'relation temporal-host-info' : 'option host';
  // Certificates and keys turn TLS on by themselves; an older SDK for TypeScript takes `true` beside them for "off".
  const connection = speaksTls && proofs.length === 0 ? from({ TEMPORAL_TLS: 'true' }, hostSource) : proofs;
  const paths = vaultPaths(entries);
  const place = paths.length === 0 ? null : vaultPlace(facts.relations);
  const found = databasePlace(facts.relations, { config, application });
  const database = isDatabasePlace(found) ? found : null;
  const stored = fromVault(entries, facts.vault);
  const variablesByHand = [...written.variables, ...stored.variables];
  const values = auth.found?.values ?? {};
  const ids = [
    ...entries.juju.map(({ id }) => id),
    settings.authSecretId,
    settings.tlsSecretId,
    settings.apiKeySecretId,
  ];
  return {
    problems: [
      ...hostProblems(host, configProblems(config)),
      ...malformed,
      ...(found === null || isDatabasePlace(found) ? [] : [found]),
      ...written.problems,
      ...(place === null || isVaultPlace(place) ? stored.problems : [place]),
      ...auth.problems,
      ...tls.problems,
      ...api.problems,
      ...contradiction(tls.found ?? noTls, apiKey),
      ...contentProblems({ ...valuesOf([...connection, ...variablesByHand]), ...values }),
    ],
    warnings: shellWarnings(entries),
    settings,
    config,
    byHand: variablesByHand,
    auth: values,
    connection,
    hostSource,
    files,
    tls: tls.content,
    apiKey,
    speaksTls,
    vault: place !== null && isVaultPlace(place) ? place : null,
    vaultPaths: paths,
    database,
    databaseVariables: database === null ? [] : databaseVariables(database),
    secretIds: [...new Set(ids.flatMap((id) => bareSecretId(id) ?? []))],
  };
}

function from(values: Readonly<Record<string, Text>>, source: string): readonly Variable[] {
  return Object.entries(values).map(([name, value]) => ({ name, value, source }));
}

/** Does the option have to be read? A text of blanks is none. */
export function hasEnvironment(config: Config): boolean {
  return String(config.environment ?? '').trim() !== '';
}

/** A relation that has not told its host yet takes the place of an option that is not set. */
function hostProblems(host: HostInfo, problems: readonly Problem[]): readonly Problem[] {
  if (host.kind !== 'waiting') return problems;
  return [host.problem, ...problems.filter(({ text }) => text !== 'Invalid config: host value missing')];
}

function readEnvironment({ config, environment }: Pick<Facts, 'config' | 'environment'>): {
  readonly entries: EnvironmentEntries;
  readonly problems: readonly Problem[];
} {
  const read = hasEnvironment(config) ? environment : null;
  return read === null ? { entries: noEntries, problems: [] } : readEntries(read);
}

/** What an option's secret says; nothing when the option is empty or the secret not read yet. */
function fromSecret<T extends { readonly problems: readonly Problem[] }>(
  { secrets, unit }: Given,
  of: { readonly id: string; readonly read: (content: Content) => T },
): { readonly found: T | null; readonly content: Content | null; readonly problems: readonly Problem[] } {
  const nothing = { found: null, content: null, problems: [] };
  if (bareSecretId(of.id) === null) return nothing;
  const found = lookUp({ id: of.id, application: applicationOf(unit) }, secrets);
  if (found === null) return nothing;
  if (isProblem(found)) return { ...nothing, problems: [found] };
  const read = of.read(found);
  return { found: read, content: found, problems: read.problems };
}
