import { expect, test } from 'vitest';
import { valuesOf } from '../../../charm/environment/variable.ts';
import { readInputs } from '../../../charm/inputs.ts';
import { outlook } from '../../../charm/outlook.ts';
import { joinProblems } from '../../../charm/problem.ts';
import { questions } from '../../../charm/questions.ts';
import { reconcile } from '../../../charm/reconcile.ts';
import { reveal, Secret } from '../../../charm/secret.ts';
import { steps } from '../../../charm/steps.ts';
import { type Certificates, certificatesOf, expiry } from '../../../charm/tls.ts';
import type { Config, Facts } from '../../../charm/types.ts';
import type { SecretAnswer } from '../../../charm/user-secrets/answers.ts';
import { ago, config, facts, inState, now, running } from './facts.ts';

const tlsId = 'd0aaaaaaaaaaaaaaaaaa';
const keyId = 'd0bbbbbbbbbbbbbbbbbb';
const day = 86_400_000;

function content(texts: Readonly<Record<string, string>>): SecretAnswer & { readonly kind: 'content' } {
  const secrets = Object.entries(texts).map(([key, text]) => [key, new Secret(text, `f-${text}`)] as const);
  return { kind: 'content', content: Object.fromEntries(secrets) };
}

const good = { kind: 'good', ends: now + 100 * day } as const;

function tlsFacts(
  texts: Readonly<Record<string, string>>,
  found: Partial<Certificates> = {},
): Pick<Facts, 'secrets' | 'certificates'> {
  const tls = content(texts);
  const certificates = { of: certificatesOf(tls.content), client: good, ca: good, ...found };
  return { secrets: { [tlsId]: tls }, certificates };
}

const options: Config = { 'tls-secret-id': `secret:${tlsId}` };
const whole = { 'client-cert': 'cert', 'client-key': 'key', 'server-ca': 'ca', 'server-name': 'temporal.example' };

function problem(of: Partial<Facts>, more: Config = options): string {
  return joinProblems(readInputs(facts({ config: config(more), ...of })).problems);
}

test('gives the worker files and their names as SDKs and guides have them', () => {
  const { files, connection } = readInputs(facts({ config: config(options), ...tlsFacts(whole) }));
  const directory = '/var/lib/temporal-worker/tls';
  expect(files.map(({ path, text }) => [path, reveal(text)])).toEqual([
    [`${directory}/client-cert.pem`, 'cert'],
    [`${directory}/client-key.pem`, 'key'],
    [`${directory}/server-ca.pem`, 'ca'],
  ]);
  expect(Object.fromEntries(connection.map(({ name, value }) => [name, reveal(value)]))).toEqual({
    TEMPORAL_TLS_CLIENT_CERT_PATH: `${directory}/client-cert.pem`,
    TEMPORAL_MTLS_TLS_CERT: `${directory}/client-cert.pem`,
    TEMPORAL_TLS_CLIENT_KEY_PATH: `${directory}/client-key.pem`,
    TEMPORAL_MTLS_TLS_KEY: `${directory}/client-key.pem`,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: `${directory}/server-ca.pem`,
    TEMPORAL_TLS_SERVER_NAME: 'temporal.example',
  });
});

test('looks at the certificates before anything is done with them', () => {
  const unit = facts({ config: config(options), secrets: { [tlsId]: content(whole) } });
  expect(questions(unit, outlook(unit), new Set())).toEqual(['certificates']);
});

test.each([
  {
    name: 'nothing that is known',
    of: tlsFacts({ cert: 'x' }),
    text: 'cannot use the TLS secret: it has none of the keys client-cert, client-key, server-ca, server-name (update-secret)',
  },
  {
    name: 'a certificate without its key',
    of: tlsFacts({ 'client-cert': 'x' }),
    text: 'cannot use the TLS secret: it has client-cert and no client-key (a client needs both)',
  },
  {
    name: 'a key without its certificate',
    of: tlsFacts({ 'client-key': 'x' }),
    text: 'cannot use the TLS secret: it has client-key and no client-cert (a client needs both)',
  },
  {
    name: 'a certificate that is none',
    of: tlsFacts(whole, { client: { kind: 'broken', why: 'client-cert is no certificate in PEM' } }),
    text: 'cannot use the TLS secret: client-cert is no certificate in PEM',
  },
])('tls-secret-id: refuses $name', ({ of, text }) => {
  expect(problem(of)).toBe(text);
});

test('api-key-secret-id gives TEMPORAL_API_KEY, and not together with a client certificate', () => {
  const only: Config = { 'api-key-secret-id': keyId };
  const key = content({ 'api-key': 'hunter2' });
  const { connection } = readInputs(facts({ config: config(only), secrets: { [keyId]: key } }));
  expect(reveal(valuesOf(connection).TEMPORAL_API_KEY ?? '')).toBe('hunter2');
  expect(problem({ secrets: { [keyId]: content({ key: 'x' }) } }, only)).toBe(
    'cannot use the API key secret: it has no key api-key (update-secret)',
  );
  expect(problem({ secrets: { [keyId]: content({ 'api-key': 'a\nb' }) } }, only)).toBe(
    'cannot use the API key secret: api-key has blanks, line breaks or other characters that no header can',
  );
  const tls = tlsFacts(whole);
  expect(problem({ ...tls, secrets: { ...tls.secrets, [keyId]: key } }, { ...options, ...only })).toBe(
    'cannot use both an API key and a client certificate: a Temporal endpoint takes one of them (reset api-key-secret-id, or take client-cert and client-key out of the TLS secret)',
  );
  const ca = tlsFacts({ 'server-ca': 'ca' }, { client: null });
  expect(problem({ ...ca, secrets: { ...ca.secrets, [keyId]: key } }, { ...options, ...only })).toBe('');
});

test.each([
  { name: 'in 15 days', ends: now + 15 * day, text: null },
  {
    name: 'in 13 days and some hours',
    ends: now + 13.5 * day,
    text: 'client certificate expires in 13 days (2026-12-04)',
  },
  { name: 'tomorrow', ends: now + 1.5 * day, text: 'client certificate expires in 1 day (2026-11-22)' },
  { name: 'an hour ago', ends: now - 3_600_000, text: 'client certificate expired on 2026-11-21' },
])('says when a certificate ends $name: $text', ({ ends, text }) => {
  expect(expiry({ of: '', client: { kind: 'good', ends }, ca: good }, now)).toBe(text);
});

test('the status of a listening worker tells that the server CA ends soon', () => {
  const since = ago(5000);
  const confirmed = { since, at: now - 1000, verified: true, why: '' };
  const ca = { kind: 'good', ends: now + 3.2 * day } as const;
  const unit = running({ since, config: config(options), memory: { confirmed }, over: tlsFacts(whole, { ca }) });
  expect(reconcile(unit).status?.message).toBe(
    "worker listening to namespace 'default' on queue 'q1' — server CA certificate expires in 3 days (2026-11-24)",
  );
});

/** A unit that runs with files that it was given, and with a new certificate since. */
function rotated(rotation: string, present: readonly string[] | null = null): Facts {
  const all = config({ ...options, 'tls-rotation': rotation });
  const before = running({ since: ago(60_000), config: all, over: tlsFacts(whole) });
  const seen = outlook(before);
  const paths = present ?? seen?.files.wanted.map(({ path }) => path) ?? [];
  const files = { known: true, value: Object.fromEntries(paths.map((path) => [path, 4])) } as const;
  if (!before.workload.known) throw new Error('unreachable');
  const memory = { ...before.memory, files: seen?.files.tag ?? '' };
  return { ...before, memory, stored: memory, workload: { known: true, value: { ...before.workload.value, files } } };
}

function doing(of: Facts): readonly string[] {
  return steps(of, reconcile(of)).map((step) => ('signal' in step ? `${step.do} ${step.signal}` : step.do));
}

const renewed = tlsFacts({ ...whole, 'client-cert': 'new' });

test.each([
  { rotation: 'restart', steps: ['write-files', 'restart'] },
  { rotation: 'signal', steps: ['write-files', 'signal SIGHUP'] },
  { rotation: 'none', steps: ['write-files'] },
])('tls-rotation=$rotation: new certificates are $steps', ({ rotation, steps: expected }) => {
  expect(doing(rotated(rotation))).not.toContain('write-files');
  expect(doing({ ...rotated(rotation), ...renewed })).toEqual(expected);
});

test('writes files again that went with the container, and restarts nothing for that', () => {
  expect(doing(rotated('restart', ['/var/lib/temporal-worker/tls/server-ca.pem']))).toEqual(['write-files']);
});

test('takes the files away when the option is reset', () => {
  const unit = { ...rotated('restart'), config: config() };
  const todo = steps(unit, reconcile(unit));
  expect(todo[0]).toEqual({ do: 'write-files', files: [], tag: null });
  const done = { ...unit.done, files: '' };
  expect(doing({ ...unit, done })).not.toContain('write-files');
});

test('lets an earlier change drain the worker before it gets new certificates', () => {
  const draining = inState({
    service: { current: 'inactive', since: ago(1000) },
    changes: [{ id: '1', kind: 'restart', ready: false, error: '', began: now - 1000, ended: null }],
    of: { config: config(options), ...tlsFacts(whole) },
  });
  expect(doing({ ...draining, ...renewed })).not.toContain('write-files');
});
