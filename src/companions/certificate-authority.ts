import { webcrypto } from 'node:crypto';

/** PEM texts of an authority's certificate, and of a server's key and certificate that it vouches for. */
export interface ServerCertificate {
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** A server of one machine outlives no laptop: nobody has to renew. */
const years = 10;

/**
 * Makes a certificate authority for one server, and the server's certificate for 127.0.0.1, ::1 and localhost. The
 * authority's key is forgotten at once, so that nothing else can ever be signed with it. `name` is for people:
 * `postgresql-k8s`.
 */
export async function makeServerCertificate(name: string, now: Date): Promise<ServerCertificate> {
  // Has to be there before the library is loaded.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const crypto = webcrypto as typeof globalThis.crypto;
  const generate = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const [authorityKeys, serverKeys] = await Promise.all([generate(), generate()]);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + years);
  // A clock that is set back a little must not make it invalid.
  const validity = { notBefore: new Date(now.getTime() - 24 * 3600 * 1000), notAfter };
  const common = { signingAlgorithm: algorithm, ...validity };
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...common,
      name: `CN=${name} CA`,
      keys: authorityKeys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const server = await x509.X509CertificateGenerator.create(
    {
      ...common,
      subject: `CN=${name}`,
      issuer: authority.subject,
      publicKey: serverKeys.publicKey,
      signingKey: authorityKeys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
          { type: 'dns', value: 'localhost' },
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    ca: `${authority.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    cert: `${server.toString('pem')}\n`,
  };
}
