import type { Status } from '../../controller/api.ts';
import { Failure, usageError } from '../failure.ts';
import { isApplicationName, isUnitName } from '../names.ts';
import type { Scope } from './evaluate.ts';
import { QueryError } from './lexer.ts';
import { applicationScope, modelScope, unitScope } from './scopes.ts';

/** What is waited for. */
export interface Goal {
  readonly kind: 'application' | 'unit' | 'model';
  readonly name: string;
  /** The model that it is looked for in, where that is not the command's. */
  readonly model?: string;
  /** The entity in a status, or nothing when it is not there. */
  find(status: Status): Scope | undefined;
  /** How it is now, for the error when time runs out: `blocked, "Invalid config: host value missing"`. */
  now(status: Status): string;
}

/** Reads the words of `wait-for`; refuses in Juju's words. */
export function goalOf(args: readonly string[]): Goal {
  const [kind, name, ...rest] = args;
  if (kind === undefined) throw usageError('no entity specified (application, unit or model)');
  if (kind === 'machine') throw usageError('cannot wait for a machine: there are none in a model of this kind');
  if (kind !== 'application' && kind !== 'unit' && kind !== 'model')
    throw usageError(`unrecognized command: charmlet wait-for ${kind} (application, unit or model)`);
  const an = kind === 'model' ? 'a' : 'an';
  if (name === undefined) throw usageError(`${kind} name must be supplied when waiting for ${an} ${kind}`);
  if (rest.length > 0) throw usageError(`only one ${kind} name can be supplied as an argument to this command`);
  if (kind === 'model') {
    return { kind, name, model: name, find: modelScope, now: (status) => status.model['model-status'].current };
  }
  if (kind === 'unit') {
    if (!isUnitName(name)) throw usageError(`"${name}" is not valid unit name`);
    const application = name.split('/')[0] ?? '';
    const unitOf = (status: Status) => status.applications[application]?.units?.[name];
    return {
      kind,
      name,
      find: (status) => {
        const [owner, unit] = [status.applications[application], unitOf(status)];
        return owner && unit ? unitScope(name, unit, owner) : undefined;
      },
      now: (status) => described(unitOf(status)?.['workload-status']),
    };
  }
  if (!isApplicationName(name)) throw usageError(`"${name}" is not valid application name`);
  return {
    kind,
    name,
    find: (status) => {
      const application = status.applications[name];
      return application ? applicationScope(name, application) : undefined;
    },
    now: (status) => described(status.applications[name]?.['application-status']),
  };
}

/** Juju's default: there and well. */
export function defaultQuery(kind: Goal['kind']): string {
  if (kind === 'model') return 'life=="alive" && status=="available"';
  return kind === 'unit' ? 'life=="alive" && workload-status=="active"' : 'life=="alive" && status=="active"';
}

/** Runs something that reads or asks a query; what is wrong with the query becomes one line that shows the place. */
export function reportQuery<T>(query: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new Failure(`cannot use query ${JSON.stringify(query)}: ${error.message}, at character ${error.at + 1}`, 1, {
      cause: error,
    });
  }
}

function described(info: { readonly current: string; readonly message?: string } | undefined): string {
  if (!info) return 'not found';
  return info.message ? `${info.current}, ${JSON.stringify(info.message)}` : info.current;
}
