import { healing, lasting, type Problem } from './problem.ts';
import { reveal, type Secret, type Text } from './secret.ts';

/** Where the worker finds what the TLS secret holds. Nobody but the service's own user reads in there. */
export const tlsDirectory = '/var/lib/temporal-worker/tls';

type Content = Readonly<Record<string, Secret>>;

/** What a certificate and its key turned out to be; times are milliseconds since 1970. */
export type CertificateFact =
  | { readonly kind: 'good'; readonly ends: number }
  /** For people; quotes nothing of it. */
  | { readonly kind: 'broken'; readonly why: string };

/** The certificates of the TLS secret, once they were looked at; `of` says which they were. */
export interface Certificates {
  readonly of: string;
  readonly client: CertificateFact | null;
  readonly ca: CertificateFact | null;
}

/** A file of the workload. */
export interface WorkloadFile {
  readonly path: string;
  readonly text: Secret;
}

export interface Tls {
  readonly files: readonly WorkloadFile[];
  /** By the names of the SDKs and of the guides. */
  readonly variables: Readonly<Record<string, Text>>;
  readonly problems: readonly Problem[];
}

export const noTls: Tls = { files: [], variables: {}, problems: [] };

const parts = [
  { key: 'client-cert', file: 'client-cert.pem', names: ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_MTLS_TLS_CERT'] },
  { key: 'client-key', file: 'client-key.pem', names: ['TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_MTLS_TLS_KEY'] },
  { key: 'server-ca', file: 'server-ca.pem', names: ['TEMPORAL_TLS_SERVER_CA_CERT_PATH'] },
] as const;
const known = [...parts.map(({ key }) => key), 'server-name'].join(', ');

/** What follows from the content of the secret that `tls-secret-id` names. */
export function readTls(content: Content, certificates: Certificates | null): Tls {
  const has = (key: string) => reveal(content[key] ?? '').trim() !== '';
  const used = parts.filter(({ key }) => has(key));
  const serverName = content['server-name'];
  return {
    files: used.map(({ key, file }) => ({ path: `${tlsDirectory}/${file}`, text: content[key] as Secret })),
    variables: {
      ...Object.fromEntries(used.flatMap(({ file, names }) => names.map((name) => [name, `${tlsDirectory}/${file}`]))),
      ...(serverName !== undefined && has('server-name') ? { TEMPORAL_TLS_SERVER_NAME: serverName } : {}),
    },
    problems: problems(has, certificatesOf(content) === certificates?.of ? certificates : null),
  };
}

/** Which certificates these are: whether they have to be looked at anew. */
export function certificatesOf(content: Content): string {
  return parts.map(({ key }) => content[key]?.fingerprint ?? '').join(' ');
}

function problems(has: (key: string) => boolean, certificates: Certificates | null): Problem[] {
  const cannot = (why: string) => healing(`cannot use the TLS secret: ${why}`);
  if (![...parts.map(({ key }) => key), 'server-name'].some(has))
    return [cannot(`it has none of the keys ${known} (update-secret)`)];
  if (has('client-cert') !== has('client-key')) {
    const [there, lacks] = has('client-cert') ? ['client-cert', 'client-key'] : ['client-key', 'client-cert'];
    return [cannot(`it has ${there} and no ${lacks} (a client needs both)`)];
  }
  const { client = null, ca = null } = certificates ?? {};
  return [
    ...(client?.kind === 'broken' ? [cannot(client.why)] : []),
    ...(ca?.kind === 'broken' ? [cannot(ca.why)] : []),
  ];
}

/** The key of an API, as the secret of `api-key-secret-id` has it, or what is wrong with it. */
export function readApiKey(content: Content): { readonly key: Secret | null; readonly problems: readonly Problem[] } {
  const key = content['api-key'];
  if (key === undefined || reveal(key).trim() === '')
    return { key: null, problems: [healing('cannot use the API key secret: it has no key api-key (update-secret)')] };
  if (/[^\x21-\x7e]/.test(reveal(key)))
    return {
      key: null,
      problems: [
        healing(
          'cannot use the API key secret: api-key has blanks, line breaks or other characters that no header can',
        ),
      ],
    };
  return { key, problems: [] };
}

/** A Temporal endpoint takes one proof of who one is. */
export function contradiction(tls: Tls, apiKey: Secret | null): readonly Problem[] {
  const certificate = tls.files.some(({ path }) => path.endsWith('/client-cert.pem'));
  if (apiKey === null || !certificate) return [];
  return [
    lasting(
      'cannot use both an API key and a client certificate: a Temporal endpoint takes one of them (reset api-key-secret-id, or take client-cert and client-key out of the TLS secret)',
    ),
  ];
}

const dayMs = 86_400_000;
/** From when on the status tells that a certificate ends. */
const noticeMs = 14 * dayMs;

/** A half-sentence about the certificate that ends first, when that is soon; else null. */
export function expiry(certificates: Certificates | null, now: number): string | null {
  const ends = Object.entries({ client: certificates?.client, 'server CA': certificates?.ca })
    .flatMap(([name, fact]) => (fact?.kind === 'good' ? [{ name, at: fact.ends }] : []))
    .sort((a, b) => a.at - b.at)[0];
  if (ends === undefined || ends.at - now > noticeMs) return null;
  const day = new Date(ends.at).toISOString().slice(0, 10);
  if (ends.at <= now) return `${ends.name} certificate expired on ${day}`;
  const days = Math.floor((ends.at - now) / dayMs);
  return `${ends.name} certificate expires in ${days === 1 ? '1 day' : `${days} days`} (${day})`;
}
