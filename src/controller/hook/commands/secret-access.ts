import { needNoMore } from '../arguments.ts';
import type { HookCommand } from '../command.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { HookContext } from '../context.ts';
import { goQuote } from '../go-text.ts';
import type { SecretGrant } from '../model.ts';
import { applicationOf, isApplicationName, isUnitName, tagOf, wantedSecret } from '../names.ts';

export const secretAccessCommands: Readonly<Record<string, HookCommand>> = {
  'secret-grant': {
    args: '<ID>',
    purpose: 'Grant access to a secret.',
    coverage: 'complete',
    flags: { unit: 'string', r: 'relation', relation: '=r' },
    run({ context, flags, args: [uri, ...more] }) {
      const id = wantedSecret(uri);
      const relationId = flags.number('r') ?? context.event.relation?.id;
      if (relationId === undefined) {
        throw new UsageError('no relation id specified');
      }
      const relation = context.relation(relationId);
      if (!relation) {
        throw new UsageError('relation not found');
      }
      const unit = flags.text('unit');
      if (unit) {
        needUnitName(unit);
        if (applicationOf(unit) !== relation.remoteApp) {
          throw new UsageError(
            `cannot specify unit ${goQuote(unit)} in relation to application ${goQuote(relation.remoteApp)}`,
          );
        }
      }
      needNoMore(more);
      grant(context, id, { target: tagOf(unit || relation.remoteApp), relation: relation.id });
      return undefined;
    },
  },
  'secret-revoke': {
    args: '<ID>',
    purpose: 'Revoke access to a secret.',
    coverage: 'complete',
    flags: { app: 'string', application: '=app', unit: 'string', r: 'relation', relation: '=r' },
    run({ context, flags, args: [uri, ...more] }) {
      const id = wantedSecret(uri);
      const app = flags.text('app');
      const unit = flags.text('unit');
      if (app && !isApplicationName(app)) {
        throw new UsageError(`application ${goQuote(app)} not valid`);
      }
      if (unit) {
        needUnitName(unit);
      }
      if (app && unit) {
        throw new UsageError('specify only one of application or unit');
      }
      const relationId = flags.number('r') ?? context.event.relation?.id;
      const relation = relationId === undefined ? undefined : context.relation(relationId);
      if (relation && app) {
        throw new UsageError('do not specify both relation and app');
      }
      const target = unit || app || relation?.remoteApp;
      if (!target) {
        throw new UsageError('missing relation or application or unit');
      }
      needNoMore(more);
      if (context.secrets.owned().get(id)?.owner === tagOf(context.application)) {
        context.needLeader();
      }
      context.secrets.revoke(id, tagOf(target), null);
      return undefined;
    },
  },
};

function needUnitName(unit: string): void {
  if (!isUnitName(unit)) {
    throw new UsageError(`unit ${goQuote(unit)} not valid`);
  }
}

/** Records a grant unless it is there already, or a wider one is. */
function grant(context: HookContext, id: string, wanted: SecretGrant): void {
  const secret = context.secrets.owned().get(id);
  if (!secret) {
    throw new CommandError(`secret ${goQuote(id)} not found`);
  }
  for (const given of secret.grants.filter((each) => each.relation === wanted.relation)) {
    if (given.target === wanted.target || given.target.startsWith('application-')) {
      return;
    }
    if (wanted.target.startsWith('application-')) {
      throw new CommandError(
        'any unit level grants need to be revoked before granting access to the corresponding application',
      );
    }
  }
  context.secrets.grant(id, wanted);
}
