import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TLSConfig } from '@temporalio/client';
import { KitError } from './kit-error.ts';
import type { Pem, TlsSettings } from './settings/tls.ts';

/** What the SDK wants to know about TLS. Files are read now, so that a new connection has what is in them by now. */
export async function readTlsConfig(tls: TlsSettings): Promise<TLSConfig> {
  const [ca, certificate, key] = await Promise.all([
    tls.serverCa && readPem(tls.serverCa, 'the CA certificate'),
    tls.client && readPem(tls.client.certificate, 'the client certificate'),
    tls.client && readPem(tls.client.key, 'the client key'),
  ]);
  return {
    ...(ca && { serverRootCACertificate: ca }),
    ...(certificate && key && { clientCertPair: { crt: certificate, key } }),
    ...(tls.serverName && { serverNameOverride: tls.serverName }),
  };
}

/** When the client certificate ends, in seconds since 1970; `undefined` when there is none. */
export function certificateExpiry(config: TLSConfig | undefined): number | undefined {
  if (!config?.clientCertPair) return undefined;
  return Date.parse(new X509Certificate(config.clientCertPair.crt).validTo) / 1000;
}

async function readPem(pem: Pem, what: string): Promise<Uint8Array> {
  if ('data' in pem) return Buffer.from(pem.data);
  try {
    return await readFile(pem.path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new KitError(`cannot read ${what} "${pem.path}": ${code === 'ENOENT' ? 'no such file' : code}`, {
      cause: error,
    });
  }
}
