import { expect, test } from 'vitest';
import { isDirect } from '../../../../worker-kit/src/settings/proxy.ts';
import { readConnectionSettings } from '../../../../worker-kit/src/settings/settings.ts';

const required = { TWC_HOST: 'temporal.example:7233', TWC_NAMESPACE: 'test' };
const proxyWith = (env: Record<string, string>) => readConnectionSettings({ ...required, ...env }).proxy;

test('a plain connection goes through HTTP_PROXY, one with TLS through HTTPS_PROXY', () => {
  const env = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://tls:3129/' };
  expect(proxyWith(env)).toEqual({ host: 'plain:3128' });
  expect(proxyWith({ ...env, TEMPORAL_TLS: 'true' })).toEqual({ host: 'tls:3129' });
});

test('lower case goes before upper case, and a proxy for Temporal alone before both', () => {
  const env = { HTTP_PROXY: 'upper:1', http_proxy: 'lower:2' };
  expect(proxyWith(env)).toEqual({ host: 'lower:2' });
  expect(
    proxyWith({ ...env, TEMPORAL_PROXY_HOST: 'own:3', TEMPORAL_PROXY_USERNAME: 'u', TEMPORAL_PROXY_PASSWORD: 'p:@' }),
  ).toEqual({
    host: 'own:3',
    credentials: { username: 'u', password: 'p:@' },
  });
});

test('reads credentials out of the address', () => {
  expect(proxyWith({ http_proxy: 'http://user:p%40ss@proxy:3128' })).toEqual({
    host: 'proxy:3128',
    credentials: { username: 'user', password: 'p@ss' },
  });
});

test.each([
  { host: 'localhost', no: '', direct: true },
  { host: '127.0.0.5', no: '', direct: true },
  { host: '[::1]', no: '', direct: true },
  { host: 'temporal.model.svc.cluster.local', no: '', direct: true },
  { host: 'temporal.model.svc', no: '', direct: true },
  { host: 'temporal.example', no: '', direct: false },
  { host: 'temporal.example', no: '*', direct: true },
  { host: 'temporal.example', no: 'other, .example', direct: true },
  { host: 'temporal.example', no: 'example', direct: true },
  { host: 'temporal.example', no: '*.example', direct: true },
  { host: 'temporalexample', no: 'example', direct: false },
  { host: 'temporal.example', no: 'temporal.example:7233', direct: true },
  { host: 'temporal.example', no: 'temporal.example:443', direct: false },
  { host: 'TEMPORAL.Example', no: 'temporal.example', direct: true },
  { host: '10.1.2.3', no: '10.0.0.0/8', direct: true },
  { host: '11.1.2.3', no: '10.0.0.0/8', direct: false },
  { host: '10.1.2.3', no: '10.0.0.0/99', direct: false },
  { host: '[fd00::1]', no: 'fd00::/8', direct: true },
  { host: '[fd00::1]', no: '10.0.0.0/8', direct: false },
])('$host with NO_PROXY="$no" is reached directly: $direct', ({ host, no, direct }) => {
  expect(isDirect({ host, port: 7233 }, { NO_PROXY: no })).toBe(direct);
});
