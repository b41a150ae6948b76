import { statSync } from 'node:fs';
import { durationProblem, parseDuration } from '../../pebble/duration.ts';
import { mergeContext } from '../checks/run-check.ts';
import type { Decoded } from '../json-shape.ts';
import type { Plan, Runner } from '../plan/types.ts';
import { systemPath } from '../process/executable.ts';
import { runAs, userById } from '../process/identity.ts';
import type { Command, View } from '../workload/view.ts';

/** The body of POST /v1/exec; everything but the command may be absent. */
export const execBody = {
  struct: 'execPayload',
  fields: {
    command: { list: 'string' },
    'service-context': 'string',
    environment: { map: 'string' },
    'working-dir': 'string',
    timeout: 'string',
    'user-id': 'int',
    user: 'string',
    'group-id': 'int',
    group: 'string',
    terminal: 'bool',
    interactive: 'bool',
    'split-stderr': 'bool',
    width: 'int',
    height: 'int',
  },
} as const;

export type ExecBody = Decoded<typeof execBody>;

/** What will be run. */
export interface ExecRequest {
  readonly command: Command;
  /** 0 for none. */
  readonly timeoutMs: number;
  readonly terminal: boolean;
  readonly interactive: boolean;
  readonly splitStderr: boolean;
  readonly width: number;
  readonly height: number;
}

/** The request cannot be served as it stands; becomes a 400 or, where Pebble says so, a 500. */
export class ExecRefused extends Error {
  readonly statusCode: 400 | 500;

  constructor(message: string, statusCode: 400 | 500 = 400) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Reads and checks the body. Throws `ExecRefused` with Pebble's text. */
export function readExecRequest(body: ExecBody, plan: Plan, view: View): ExecRequest {
  const words = body.command ?? [];
  if (words.length < 1) throw new ExecRefused('must specify command');
  const timeoutMs = body.timeout ? parseDuration(body.timeout) : 0;
  if (timeoutMs === null) throw new ExecRefused(`invalid timeout: ${durationProblem(body.timeout ?? '')}`);
  const runner = contextOf(body, plan);
  const who = identityOf(runner, view);
  if (body.interactive && !body.terminal) {
    throw new ExecRefused('cannot call exec: cannot use interactive mode without a terminal', 500);
  }
  const uid = who?.uid ?? process.getuid?.() ?? 0;
  const inherited = { ...view.environment };
  if (uid !== process.getuid?.()) {
    delete inherited.HOME;
    delete inherited.USER;
  }
  const env: Record<string, string> = { ...inherited, ...runner.environment };
  env.PATH ??= systemPath;
  const user = userById(uid);
  if (!env.HOME && user) env.HOME = user.home;
  if (!env.USER && user) env.USER = user.name;
  env.LANG ??= 'C.UTF-8';
  if (!view.canFind(words[0] as string)) throw new ExecRefused(`cannot find executable "${words[0]}"`);
  const workingDir = workingDirOf(runner['working-dir'] ?? '', env.HOME ?? '', view);
  return {
    command: { words, env, workingDir, ...(who?.as ? { as: who.as } : {}) },
    timeoutMs,
    terminal: body.terminal ?? false,
    interactive: body.interactive ?? false,
    splitStderr: body['split-stderr'] ?? false,
    width: body.width ?? 0,
    height: body.height ?? 0,
  };
}

function contextOf(body: ExecBody, plan: Plan): Runner {
  const overrides: Runner = {
    ...(body.environment ? { environment: body.environment } : {}),
    ...(body['user-id'] !== undefined ? { 'user-id': body['user-id'] } : {}),
    ...(body.user ? { user: body.user } : {}),
    ...(body['group-id'] !== undefined ? { 'group-id': body['group-id'] } : {}),
    ...(body.group ? { group: body.group } : {}),
    ...(body['working-dir'] ? { 'working-dir': body['working-dir'] } : {}),
  };
  const name = body['service-context'];
  if (!name) return overrides;
  const service = Object.hasOwn(plan.services, name) ? plan.services[name] : undefined;
  if (!service) throw new ExecRefused(`context service "${name}" not found`);
  return mergeContext(service, overrides);
}

function identityOf(runner: Runner, view: View): ReturnType<typeof runAs> {
  try {
    return runAs(runner, view.paths);
  } catch (error) {
    throw new ExecRefused((error as Error).message);
  }
}

/** The directory that was asked for, else the home directory, else `/`. */
function workingDirOf(asked: string, home: string, view: View): string {
  const dir = asked || home;
  if (dir === '') return '/';
  const what = asked ? 'working directory' : 'home directory';
  const info = statSync(view.paths.toRead(dir), { throwIfNoEntry: false });
  if (!info) throw new ExecRefused(`cannot call exec: ${what} "${dir}" does not exist`, 500);
  if (!info.isDirectory()) throw new ExecRefused(`cannot call exec: ${what} "${dir}" not a directory`, 500);
  return dir;
}
