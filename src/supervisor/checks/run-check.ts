import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { formatDuration, parseDuration } from '../../pebble/duration.ts';
import { get as getHttp } from '../../plain-http/plain-http.ts';
import { splitWords } from '../plan/command-words.ts';
import type { Check, Plan, Runner } from '../plan/types.ts';
import { signalAll } from '../process/family.ts';
import { runAs } from '../process/identity.ts';
import type { Pipe } from '../process/pipes.ts';
import type { Launch, View } from '../workload/view.ts';

const defaultPeriodMs = 10_000;
const defaultTimeoutMs = 3000;
/** Of a failed check's output the task's log gets so much, as in Pebble. */
const detailBytes = 512;
const detailLines = 5;
/** What a check leaves behind may hold its output open for so long. */
const lingerMs = 1000;

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

async function runExec(exec: NonNullable<Check['exec']>, view: View, signal: AbortSignal): Promise<void> {
  const who = runAs(exec, view.paths);
  const launch = view.launchShort({
    words: splitWords(exec.command ?? ''),
    env: { ...view.environment, ...exec.environment },
    workingDir: exec['working-dir'] ?? '',
    ...(who?.as ? { as: who.as } : {}),
  });
  const pipe = await view.pipes.open();
  const child = startProcess(launch, pipe);
  const output = keepOutput(pipe.stream);
  const end = (): void => {
    if (child.pid !== undefined) signalAll([-child.pid], 'SIGKILL');
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    const { code, killedBy } = await endOf(child);
    // Something that it left behind may hold the pipe: do not wait for that.
    setTimeout(() => pipe.stream.destroy(), lingerMs).unref();
    const text = lastLines(await output);
    if (code !== 0) throw withDetails(code === null ? `signal: ${killedBy}` : `exit status ${code}`, text);
  } finally {
    signal.removeEventListener('abort', end);
    pipe.stream.destroy();
  }
}

/** In a group of its own, so that a run that takes too long is ended with all that it started. */
function startProcess({ argv, env, cwd, uid, gid }: Launch, { stream, fd }: Pipe): ChildProcess {
  const [command, ...args] = argv;
  const identity = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  try {
    return spawn(command as string, args, { env, cwd, detached: true, stdio: ['ignore', fd, fd], ...identity });
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** The newest output, when there can be no more. */
function keepOutput(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-detailBytes);
    });
    stream.on('error', () => undefined);
    stream.once('close', () => resolve(output));
  });
}

function endOf(child: ChildProcess): Promise<{ code: number | null; killedBy: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, killedBy) => resolve({ code, killedBy }));
    child.once('error', (error) => reject(new Error(`fork/exec ${child.spawnfile}: ${error.message}`)));
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
