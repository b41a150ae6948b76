import { CommandError, UsageError } from './command-error.ts';
import type { HookContext } from './context.ts';
import { goQuote } from './go-text.ts';
import type { RelationRecord } from './model.ts';
import { applicationOf, isApplicationName, isUnitName } from './names.ts';

/** Whose databag `relation-get` is asked for: a unit, or an application (then without a slash). */
export function relationTarget(context: HookContext, named: string | undefined, app: boolean): string {
  const { remoteUnit = '', remoteApp = '' } = context.event.relation ?? {};
  if (named !== undefined) {
    if (!app && !isUnitName(named)) {
      throw new UsageError(
        isApplicationName(named)
          ? `expected unit name, got application name ${goQuote(named)}`
          : `invalid unit name ${goQuote(named)}`,
      );
    }
    return app && isUnitName(named) ? applicationOf(named) : named;
  }
  const target = app ? remoteApp : remoteUnit || remoteApp;
  if (target === '') {
    throw new UsageError('no unit or application specified');
  }
  return target;
}

/**
 * Reads a databag under Juju's permissions: one's own with this hook's own writes; the application's own by its leader,
 * in a peer relation by every unit; the other side's always; another unit of one's own application in a peer relation.
 */
export function readDatabag(context: HookContext, relation: RelationRecord, target: string): Record<string, string> {
  const isPeer = context.isPeer(relation);
  if (!target.includes('/')) {
    const mayRead =
      target === context.application ? isPeer || context.isLeader() : target === relation.remoteApp && !isPeer;
    if (!mayRead) {
      throw new CommandError('permission denied');
    }
    return context.settings.read(relation.id, target) ?? {};
  }
  if (target === context.unit) {
    return context.settings.read(relation.id, target) ?? {};
  }
  const side = isPeer ? context.application : relation.remoteApp;
  if (applicationOf(target) !== side) {
    throw new CommandError('permission denied');
  }
  const settings = context.settings.read(relation.id, target);
  if (!settings) {
    const where = `${relation.endpoint}:${relation.id}`;
    throw new CommandError(
      `cannot read settings for unit ${goQuote(target)} in relation ${goQuote(where)}: unit ${goQuote(target)}: settings not found`,
    );
  }
  return settings;
}
