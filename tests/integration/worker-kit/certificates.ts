import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM texts of an authority, and of a server at 127.0.0.1 and a client that it vouches for. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Makes a fresh set with openssl; rejects where there is no openssl. */
export async function makeCertificates(directory: string, name: string): Promise<Certificates> {
  const file = (suffix: string) => join(directory, `${name}-${suffix}`);
  const openssl = async (...args: string[]) => (await run('openssl', args)).stdout;
  const newKey = () => openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  const sign = async (subject: string, extension: string) => {
    const key = await newKey();
    const [keyFile, request, extensions] = [file(`${subject}.key`), file(`${subject}.csr`), file(`${subject}.ext`)];
    await Promise.all([writeFile(keyFile, key), writeFile(extensions, extension)]);
    await openssl('req', '-new', '-key', keyFile, '-subj', `/CN=${subject}`, '-out', request);
    const authority = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'];
    const cert = await openssl('x509', '-req', '-in', request, ...authority, '-days', '2', '-extfile', extensions);
    return { cert, key };
  };
  await writeFile(file('ca.key'), await newKey());
  // It outlives what it vouches for, however long the rest takes to make.
  const ca = await openssl('req', '-x509', '-new', '-key', file('ca.key'), '-subj', `/CN=${name} CA`, '-days', '3');
  await writeFile(file('ca.pem'), ca);
  const server = await sign('server', 'subjectAltName=IP:127.0.0.1,DNS:temporal.example');
  const client = await sign('client', 'extendedKeyUsage=clientAuth');
  return { ca, server, client };
}
