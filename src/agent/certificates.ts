import { createPrivateKey, X509Certificate } from 'node:crypto';
import { reveal, type Secret } from '../../charm/secret.ts';
import { type CertificateFact, type Certificates, certificatesOf } from '../../charm/tls.ts';

/** Looks at the certificates of a TLS secret: whether they are some, fit their key, and when they end. */
export function readCertificates(content: Readonly<Record<string, Secret>>): Certificates {
  const text = (key: string) => reveal(content[key] ?? '');
  return {
    of: certificatesOf(content),
    client: text('client-cert') === '' ? null : client(text('client-cert'), text('client-key')),
    ca: text('server-ca') === '' ? null : authority(text('server-ca')),
  };
}

function client(certificate: string, key: string): CertificateFact {
  const found = parse(certificate);
  if (found === null) return { kind: 'broken', why: 'client-cert is no certificate in PEM' };
  if (key === '') return { kind: 'good', ends: endOf(found) };
  try {
    const fits = found.checkPrivateKey(createPrivateKey(key));
    return fits
      ? { kind: 'good', ends: endOf(found) }
      : { kind: 'broken', why: 'client-key is not the key of client-cert' };
  } catch {
    return { kind: 'broken', why: 'client-key is no private key in PEM without a passphrase' };
  }
}

/** Several authorities may stand there; the one that ends first is told. */
function authority(text: string): CertificateFact {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const found = blocks.map(parse);
  const good = found.filter((certificate) => certificate !== null);
  if (good.length === 0 || good.length < found.length)
    return { kind: 'broken', why: 'server-ca is no certificate in PEM' };
  return { kind: 'good', ends: Math.min(...good.map(endOf)) };
}

function parse(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

function endOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}
