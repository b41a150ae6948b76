import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeServerCertificate } from '../../../src/companions/certificate-authority.ts';

test('a server certificate is good for this machine, and verified by its authority only', async () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const [made, other] = await Promise.all([makeServerCertificate('vault-k8s', now), makeServerCertificate('x', now)]);
  const [ca, cert, stranger] = [made.ca, made.cert, other.ca].map((pem) => new X509Certificate(pem)) as [
    X509Certificate,
    X509Certificate,
    X509Certificate,
  ];
  expect(cert.checkIssued(ca)).toBe(true);
  expect(cert.verify(ca.publicKey)).toBe(true);
  expect(cert.verify(stranger.publicKey)).toBe(false);
  expect([ca.ca, cert.ca]).toEqual([true, false]);
  expect(cert.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(cert.checkHost('localhost')).toBe('localhost');
  expect(cert.subject).toBe('CN=vault-k8s');
  expect(new Date(cert.validTo)).toEqual(new Date('2036-01-01T00:00:00Z'));
  expect(made.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
});
