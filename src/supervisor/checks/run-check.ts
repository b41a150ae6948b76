import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { formatDuration, parseDuration } from '../../pebble/duration.ts';
import { get as getHttp } from '../../plain-http/plain-http.ts';
import { splitWords } from '../plan/command-words.ts';
import type { Check, Plan, Runner } from '../plan/types.ts';
import { signalAll } from '../process/family.ts';
import { runAs } from '../process/identity.ts';
import type { View } from '../workload/view.ts';

const defaultPeriodMs = 10_000;
const defaultTimeoutMs = 3000;
/** Of a failed check's output the task's log gets so much, as in Pebble. */
const detailBytes = 512;
const detailLines = 5;

/** Milliseconds between two runs. */
export function periodMs(check: Check): number {
  return parseDuration(check.period ?? '') ?? defaultPeriodMs;
}

/** Milliseconds that a run may take; never more than the period. */
export function timeoutMs(check: Check): number {
  return Math.min(parseDuration(check.timeout ?? '') ?? defaultTimeoutMs, periodMs(check));
}

/** The kind of a check as Pebble's summaries name it. */
export function checkType(check: Check): 'HTTP' | 'TCP' | 'exec' {
  if (check.http) return 'HTTP';
  return check.tcp ? 'TCP' : 'exec';
}

/** A check with its `service-context` worked in, so that a change of that service is a change of the check. */
export function withServiceContext(plan: Plan, check: Check): Check {
  const context = plan.services[check.exec?.['service-context'] ?? ''];
  return check.exec && context ? { ...check, exec: { ...check.exec, ...mergeContext(context, check.exec) } } : check;
}

/** A service's identity, directory and environment, with what is set in `overrides` on top. */
export function mergeContext(service: Runner, overrides: Runner): Runner {
  const merged: Record<string, unknown> = { environment: { ...service.environment, ...overrides.environment } };
  for (const field of ['user-id', 'user', 'group-id', 'group', 'working-dir'] as const) {
    const value = overrides[field] === undefined || overrides[field] === '' ? service[field] : overrides[field];
    if (value !== undefined) merged[field] = value;
  }
  return merged as Runner;
}

/** Runs a check once. Resolves when it passes; rejects with the text that the task's log gets. */
export async function runCheck(check: Check, view: View, aborted: AbortSignal): Promise<void> {
  const limitMs = timeoutMs(check);
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([aborted, limit]);
  try {
    if (check.http) await runHttp(check.http, signal);
    else if (check.tcp) await runTcp(check.tcp, signal);
    else if (check.exec) await runExec(check.exec, view, signal);
  } catch (error) {
    if (aborted.aborted) throw aborted.reason;
    if (limit.aborted) throw new Error(`check timed out after ${formatDuration(limitMs)}`);
    throw error;
  }
}

async function runHttp(http: NonNullable<Check['http']>, signal: AbortSignal): Promise<void> {
  const { url = '', headers = {} } = http;
  const get = url.startsWith('https:') ? (await import('node:https')).get : getHttp;
  await new Promise<void>((resolve, reject) => {
    const request = get(url, { headers, signal, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body = (body + text).slice(0, detailBytes);
      });
      response.on('error', reject);
      response.on('end', () => {
        if (status >= 200 && status <= 299) resolve();
        else reject(withDetails(`non-2xx status code ${status}`, firstLines(body)));
      });
    });
    request.on('error', (error) => reject(new Error(`Get "${url}": ${error.message}`)));
  });
}

function runTcp({ port = 0, host = 'localhost' }: NonNullable<Check['tcp']>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, signal });
    socket.once('connect', () => resolve(socket.destroy() && undefined));
    socket.once('error', (error) => reject(new Error(`dial tcp ${host}:${port}: ${error.message}`)));
  });
}

function runExec(exec: NonNullable<Check['exec']>, view: View, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const who = runAs(exec, view.paths);
    const launch = view.launchShort({
      words: splitWords(exec.command ?? ''),
      env: { ...view.environment, ...exec.environment },
      workingDir: exec['working-dir'] ?? '',
      ...(who?.as ? { as: who.as } : {}),
    });
    const [command, ...args] = launch.argv;
    const { env, cwd, uid, gid } = launch;
    const identity = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
    // In a group of its own, so that a run that takes too long is ended with all that it started.
    const child = spawn(command as string, args, {
      env,
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...identity,
    });
    let output = '';
    const keep = (text: string): void => {
      output = (output + text).slice(-detailBytes);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const end = (): void => {
      if (child.pid !== undefined) signalAll([-child.pid], 'SIGKILL');
    };
    signal.addEventListener('abort', end, { once: true });
    child.once('error', (error) => reject(new Error(`fork/exec ${command}: ${error.message}`)));
    child.once('exit', () => {
      // Something that it left behind may hold the pipes: do not wait for that.
      setTimeout(() => child.stdout.destroy() && child.stderr.destroy(), 1000).unref();
    });
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', end);
      if (code === 0) resolve();
      else reject(withDetails(code === null ? `signal: ${killedBy}` : `exit status ${code}`, lastLines(output)));
    });
    if (signal.aborted) end();
  });
}

function withDetails(message: string, details: string): Error {
  return new Error(details === '' ? message : `${message}; ${details}`);
}

function firstLines(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.length > detailLines ? [...lines.slice(0, detailLines), '(...)'] : lines).join('\n');
}

function lastLines(text: string): string {
  const lines = text.trim().split('\n');
  return (lines.length > detailLines ? ['(...)', ...lines.slice(-detailLines)] : lines).join('\n');
}
