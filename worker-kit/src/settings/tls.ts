import type { Environment } from './environment.ts';
import { namesOf } from './environment.ts';
import type { VariableKey } from './variables.ts';

/** A PEM text or the file that has it; a file is read again at every connection. */
export type Pem = { readonly data: string } | { readonly path: string };

export interface TlsSettings {
  /** Absent: the machine's own CAs. */
  readonly serverCa?: Pem;
  readonly client?: { readonly certificate: Pem; readonly key: Pem };
  /** Absent: the host of the address. */
  readonly serverName?: string;
}

/** `undefined` when the connection is to be a plain one. */
export function readTls(environment: Environment): TlsSettings | undefined {
  const wanted = environment.boolean('tls');
  if (environment.boolean('noHostVerification')) {
    environment.problem(
      `cannot use ${namesOf('noHostVerification')}: the SDK always verifies the server's certificate (give its CA in TEMPORAL_TLS_SERVER_CA_CERT_PATH and its name in TEMPORAL_TLS_SERVER_NAME)`,
    );
  }
  const serverCa = readPem(environment, 'serverCaPath', 'serverCaData') ?? dataOf(environment, 'rootCas');
  const client = readClientPair(environment);
  const serverName = environment.get('serverName');
  const apiKey = environment.get('apiKey');
  if (client && apiKey) {
    environment.problem(
      'cannot use both an API key and a client certificate: TEMPORAL_API_KEY and TEMPORAL_TLS_CLIENT_CERT_PATH or _DATA are set (a Temporal endpoint takes one of them: unset the other)',
    );
  }
  const implied = serverCa ?? client ?? serverName ?? apiKey;
  if (wanted === false || (wanted === undefined && implied === undefined)) return undefined;
  return { ...(serverCa && { serverCa }), ...(client && { client }), ...(serverName && { serverName }) };
}

function readClientPair(environment: Environment): TlsSettings['client'] {
  const certificate = readPem(environment, 'clientCertPath', 'clientCertData');
  const key = readPem(environment, 'clientKeyPath', 'clientKeyData');
  if (certificate && key) return { certificate, key };
  const hasCertificate = environment.get('clientCertPath') ?? environment.get('clientCertData');
  const hasKey = environment.get('clientKeyPath') ?? environment.get('clientKeyData');
  if (Boolean(hasCertificate) !== Boolean(hasKey)) {
    const [has, lacks] = hasCertificate ? ['certificate', 'key'] : ['key', 'certificate'];
    const wanted = hasCertificate ? 'TEMPORAL_TLS_CLIENT_KEY_PATH or _DATA' : 'TEMPORAL_TLS_CLIENT_CERT_PATH or _DATA';
    environment.problem(`cannot use a client ${has} without its ${lacks} (set ${wanted})`);
  }
  return undefined;
}

function readPem(environment: Environment, pathKey: VariableKey, dataKey: VariableKey): Pem | undefined {
  const path = environment.find(pathKey);
  const data = environment.find(dataKey);
  if (path && data?.name.endsWith('_DATA')) {
    environment.problem(`cannot use both ${path.name} and ${data.name} (unset one of them)`);
  }
  return path ? { path: path.value } : dataOf(environment, dataKey);
}

function dataOf(environment: Environment, key: VariableKey): Pem | undefined {
  const data = environment.parse(key, (text) => {
    // A line's end gets lost on the way through many a tool, and comes out as these two characters.
    const pem = text.replaceAll('\\n', '\n');
    if (!pem.includes('-----BEGIN ')) throw new Error('it is no PEM text (it begins with -----BEGIN)');
    return pem;
  });
  return data === undefined ? undefined : { data };
}
